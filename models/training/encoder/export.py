"""python3 export.py EXAMPLES_FOLDER CHECKPOINT OUT_FOLDER: writes onnx/model_quantized.onnx (int8), vocabulary.json and config.json.

The graph takes `ids` (rows without padding) and gives `tags`, `topic` and one output for each choice. Without the packages onnx and onnxruntime the
unquantised file is written instead.
"""
import argparse
import json
import os
import pickle

import numpy as np
import torch

from network import build, load

MAX_TOKENS = 384


class Exported(torch.nn.Module):
    """The encoder as one function of `ids`, of operations that quantise well."""

    def __init__(self, network):
        """Wraps a network with its weights."""
        super().__init__()
        self.network = network

    def forward(self, ids):
        """Logits of tags, of the reason, of every choice."""
        x = self.network.trunk(ids)
        pooled = torch.matmul(self.network.look(x).softmax(1).transpose(1, 2), x)
        both = torch.cat([pooled, x[:, 0:1].expand_as(pooled)], -1)
        return (self.network.tag(x), *(pick(both[:, at]) for at, pick in enumerate(self.network.pick)))


def write_graph(model, row, path, heads):
    """The ONNX file with weights of 32 bits."""
    names = ["tags", "topic", *heads]
    axes = {"ids": {0: "batch", 1: "words"}, "tags": {0: "batch", 1: "words"}, **{name: {0: "batch"} for name in names[1:]}}
    settings = dict(input_names=["ids"], output_names=names, dynamic_axes=axes, opset_version=14)
    with torch.no_grad():
        try:
            torch.onnx.export(model, (row,), path, dynamo=False, **settings)
        except TypeError:  # torch 1 knows no `dynamo`
            torch.onnx.export(model, (row,), path, **settings)


def quantise(whole, quantised):
    """Weights of 8 bits, one scale a column; false where the packages are missing."""
    try:
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError:
        return False
    quantize_dynamic(
        whole,
        quantised,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        op_types_to_quantize=["MatMul", "Gather"],
        extra_options={"MatMulConstBOnly": True},
    )
    return True


def compare(model, rows, path):
    """Says how far the file's reasons are from those of the network."""
    import onnxruntime

    session, furthest, same = onnxruntime.InferenceSession(path), 0.0, 0
    for row in rows:
        with torch.no_grad():
            expected = model(torch.from_numpy(row)[None])[1][0].numpy()
        found = session.run(None, {"ids": row[None]})[1][0]
        furthest, same = max(furthest, float(abs(expected - found).max())), same + int(expected.argmax() == found.argmax())
    print(f"logits of reasons differ by up to {furthest:.3f}; the likeliest is the same in {same} of {len(rows)}")


def write_json(path, value):
    """A JSON file."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.write("\n")


def main():
    """Writes the folder."""
    arguments = argparse.ArgumentParser(description=__doc__)
    for name in ("examples", "checkpoint", "out"):
        arguments.add_argument(name)
    arguments.add_argument("--name", default="starter-encoder-1", help="another one for other weights: the product reads again what it read with others")
    options = arguments.parse_args()
    with open(os.path.join(options.examples, "examples.pkl"), "rb") as file:
        examples = pickle.load(file)
    model = Exported(load(build(examples), options.checkpoint)).eval()
    rows = [row["ids"][:MAX_TOKENS].astype(np.int64) for row in examples["rows"]]
    rows = rows[::997][:24] + [ids for ids, row in zip(rows, examples["rows"]) if row["kind"] == "conversation"][::97]
    os.makedirs(os.path.join(options.out, "onnx"), exist_ok=True)
    whole, quantised = (os.path.join(options.out, "onnx", name) for name in ("model.onnx", "model_quantized.onnx"))
    write_graph(model, torch.from_numpy(rows[0])[None], whole, examples["heads"])
    if quantise(whole, quantised):
        os.remove(whole)
        compare(model, rows, quantised)
    else:
        print(f"onnx and onnxruntime are missing, so the weights stay at 32 bits: {whole}. Install them and run this again for model_quantized.onnx.")
    write_json(os.path.join(options.out, "vocabulary.json"), examples["vocabulary"])
    choices = {head: ["none", *values] for head, values in examples["heads"].items()}
    write_json(os.path.join(options.out, "config.json"), {"version": 1, "name": options.name, "max_tokens": MAX_TOKENS, "reasons": examples["topics"], "tags": examples["tags"], "choices": choices})


if __name__ == "__main__":
    main()
