"""Compares with llama.cpp.

    check.py tokens FOLDER              the prompts that shape.mjs --check recorded, token by token
    check.py logits FOLDER [f32|q8_0]   what a model of the tokens in FOLDER says next, here and there
"""
import json
import os
import subprocess
import sys

import torch

import gguf
from bpe import Tokens
from llama_model import Llama, shape_of


def tokens(folder):
    known = Tokens.read(f"{folder}/tokens.json")
    shapes = json.load(open(f"{folder}/shapes.json"))
    same = 0
    prompts = json.load(open(f"{folder}/checked.json"))
    for one in prompts:
        ours = shapes["heads"][one["system"]] + known.encode(one["document"]) + shapes["blocks"][one["q"]]
        same += ours == one["tokens"]
        if ours != one["tokens"]:
            at = next(at for at, pair in enumerate(zip(ours + [-1], one["tokens"] + [-1])) if pair[0] != pair[1])
            print("differs", at, repr(known.decode(ours[at - 3:at + 4])), repr(known.decode(one["tokens"][at - 3:at + 4])))
    print(f"{same} of {len(prompts)} whole prompts have the tokens of llama.cpp")


def logits(folder, kind="q8_0", length="700"):
    """A model of random and of copying weights, quantised and read back as llama.cpp does; the same tokens through both."""
    known = Tokens.read(f"{folder}/tokens.json")
    model = Llama(shape_of("tiny", len(known.names)))
    with torch.no_grad():
        for one in model.parameters():
            one.add_(torch.randn_like(one) * 0.02)
    gguf.write(f"{folder}/check.gguf", "check", known, model.shape, model.tensors(), kind)
    with torch.no_grad():
        for name, one in model.named_parameters():
            if kind == "q8_0" and one.ndim == 2:
                one.copy_(torch.from_numpy(gguf.dequantised(one.numpy())))
    asked = [0] + torch.randint(300, len(known.names), (int(length),)).tolist()
    json.dump(asked, open(f"{folder}/asked.json", "w"))
    here = os.path.dirname(os.path.abspath(__file__))
    subprocess.run(["node", f"{here}/logits.mjs", f"{folder}/check.gguf", f"{folder}/asked.json", f"{folder}/answered.json"], check=True)
    theirs = torch.tensor(json.load(open(f"{folder}/answered.json")))
    size = len(asked)
    with torch.no_grad():
        ours = model(torch.tensor([asked]), torch.arange(size)[None], torch.ones(1, size, size, dtype=torch.bool).tril())[0, -len(theirs):]
    print(f"{kind}: logits of {len(theirs)} places after {size} tokens differ by at most {(ours - theirs).abs().max():.4f} (they spread over {ours.max() - ours.min():.1f}); the same best token at {(ours.argmax(-1) == theirs.argmax(-1)).sum()} of them")


if __name__ == "__main__":
    {"tokens": tokens, "logits": logits}[sys.argv[1]](*sys.argv[2:])
