"""Trains the starter llama on what make-data.mjs wrote, goes on where it stopped, and writes it as GGUF.

    train.py WORK MINUTES [--size tiny|small] [--lr 1e-3] [--batch TOKENS] [--questions N] [--from CHECKPOINT] [--threads N] [--keep FILE]
"""
import argparse
import gzip
import json
import math
import os
import pickle
import random
import time
from array import array

import numpy as np
import torch
from torch.nn import functional as F

import gguf
from bpe import Tokens
from llama_model import Llama, count, shape_of

#: a choice is one or two tokens among hundreds of copied ones, and matters as much
CHOICE_WEIGHT = 12.0
#: reading is learned on the side: what comes next in a conversation
READING_WEIGHT = 0.1
#: how often a question is taken when a row has no room for all of them
SHARE = {"points": 3, "tasks": 2, "names": 1, "proofs": 1.5, "topic": 1.2, "outcome": 2, "escalation": 1.5, "churn": 1.5, "keep": 2}
#: words that are swapped for any others, all over a row: what is copied has to be read
SWAPPED = 0.12
#: steps to the full rate
WARM = 20


def pack(folder, tokens):
    """Reads FOLDER/rows.pkl.gz, which travels to other machines, or makes it of what make-data.mjs and shape.mjs wrote."""
    path = f"{folder}/rows.pkl.gz"
    if os.path.exists(path):
        with gzip.open(path) as file:
            return pickle.load(file)
    shapes = json.load(open(f"{folder}/shapes.json"))
    questions = json.load(open(f"{folder}/questions.json"))["questions"]
    readings = []
    for line in open(f"{folder}/examples.jsonl"):
        one = json.loads(line)
        asks = []
        for ask in one["asks"]:
            listed = questions[ask["q"]].get("options")
            answer = tokens.encode(ask["answer"]) + [tokens.number["<|im_end|>"]] if listed is None else digits(ask["answer"], len(listed), tokens)
            asks.append((ask["name"], ask["q"], array("H", answer)))
        readings.append((one["system"], array("H", tokens.encode(one["document"])), asks))
    packed = {"heads": shapes["heads"], "blocks": {key: array("H", block) for key, block in shapes["blocks"].items()}, "readings": readings}
    with gzip.open(path, "wb", 6) as file:
        pickle.dump(packed, file)
    return packed


class Rows:
    """Readings with their questions: what they have in common is read once, and questions cannot see each other."""

    def __init__(self, folder, tokens, most=3000):
        packed = pack(folder, tokens)
        blocks = [list(block) for block in packed["blocks"].values()]
        self.tail = os.path.commonprefix(blocks)
        self.blocks = {key: list(block)[len(self.tail):] for key, block in packed["blocks"].items()}
        self.heads = packed["heads"]
        self.readings = [one for one in packed["readings"] if len(one[1]) + max(len(packed["blocks"][key]) + len(answer) for _, key, answer in one[2]) < most]
        self.words = [number for number, name in enumerate(tokens.names) if len(name) > 3 and name[0] == "Ġ" and name[1:].isalpha()]
        self.swappable = set(self.words)

    def draw(self, chance, questions):
        """@returns a row of a reading and some of its questions"""
        reading = chance.choice(self.readings)
        asks = reading[2]
        if len(asks) > questions:
            asks = sorted(asks, key=lambda ask: chance.random() ** (1 / SHARE.get(ask[0], 1)))[-questions:]
        return self.lay_out(reading, asks, self.swaps(reading[1], chance))

    def lay_out(self, reading, asks=None, swaps={}):
        system, document, _ = reading
        return lay_out(self.heads[system], list(document), self.tail, [(name, self.blocks[key], list(answer)) for name, key, answer in asks or reading[2]], swaps)

    def swaps(self, document, chance):
        if chance.random() < 0.4:
            return {}
        words = set(document) & self.swappable
        return {word: chance.choice(self.words) for word in words if chance.random() < SWAPPED}


class Batches(torch.utils.data.IterableDataset):
    """Steps without end: each a list of padded parts, and the sum of all weights. Every worker draws on its own."""

    def __init__(self, rows, batch, questions, each, seed):
        self.rows, self.batch, self.questions, self.each, self.seed = rows, batch, questions, each, seed

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        chance = random.Random(self.seed * 1000 + (worker.id if worker else 0))
        while True:
            drawn, size = [], 0
            while size < self.batch:
                drawn.append(self.rows.draw(chance, self.questions))
                size += len(drawn[-1]["tokens"])
            drawn.sort(key=lambda row: len(row["tokens"]))
            yield [padded(drawn[at:at + self.each]) for at in range(0, len(drawn), self.each)], sum(sum(row["weights"]) for row in drawn), size


def digits(place, of, tokens):
    """The answer to a choice, as node-llama-cpp numbers options: more than ten have two digits behind a zero, which is part of the question."""
    text = str(place) if of <= 10 else f"{place:02d}"
    return [tokens.number[digit] for digit in text]


def lay_out(head, document, tail, asks, swaps):
    document = [swaps.get(one, one) for one in document]
    row = {"tokens": head + document + tail, "weights": [0.0] * len(head) + [READING_WEIGHT] * len(document) + [0.0] * len(tail), "names": {}}
    row["places"], row["segments"] = list(range(len(row["tokens"]))), [0] * len(row["tokens"])
    before = len(row["tokens"])
    for number, (name, block, answer) in enumerate(asks, 1):
        is_choice = name in ("topic", "outcome", "escalation", "churn")
        answer = answer if is_choice else [swaps.get(one, one) for one in answer]
        begin = len(row["tokens"])
        row["tokens"] += block + answer
        row["places"] += range(before, before + len(block) + len(answer))
        row["segments"] += [number] * (len(block) + len(answer))
        row["weights"] += [0.0] * len(block) + [CHOICE_WEIGHT if is_choice else 1.0] * len(answer)
        row["names"][name] = (begin + len(block), len(row["tokens"]))
    return row


def padded(rows):
    length = -(-max(len(row["tokens"]) for row in rows) // 32) * 32
    pad = lambda key, fill: np.array([row[key] + [fill] * (length - len(row[key])) for row in rows], dtype=np.float32 if key == "weights" else np.int32)
    return pad("tokens", 0), pad("places", 0), pad("segments", -1), pad("weights", 0.0)


def collate(part, device):
    """The first token of a block is never a target, so targets are simply the next tokens."""
    tokens, places, segments, weights = (torch.as_tensor(one, device=device) for one in part)
    tokens = tokens.long()
    length = tokens.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool, device=device).tril()
    mask = causal & ((segments[:, None, :] == 0) | (segments[:, None, :] == segments[:, :, None]))
    targets, weights = tokens.roll(-1, 1), weights.roll(-1, 1)
    weights[:, -1] = 0
    return tokens, places, mask, targets, weights


def loss_of(model, part, device, kind):
    """@returns the sum of the losses, weighted"""
    tokens, places, mask, targets, weights = collate(part, device)
    wanted = weights > 0
    with torch.autocast(device_type=device, dtype=torch.bfloat16, enabled=kind == "bf16"):
        logits = model(tokens, places, mask, wanted)
    return (F.cross_entropy(logits.float(), targets[wanted], reduction="none") * weights[wanted]).sum()


@torch.no_grad()
def measure(model, rows, device, kind):
    """@returns by question: share of right tokens, and of answers that are right from the first token to the last"""
    model.eval()
    right = {}
    for row in rows:
        tokens, places, mask, targets, weights = collate(padded([row]), device)
        wanted = weights > 0.5
        with torch.autocast(device_type=device, dtype=torch.bfloat16, enabled=kind == "bf16"):
            hits = torch.zeros_like(targets, dtype=torch.bool)
            hits[wanted] = model(tokens, places, mask, wanted).argmax(-1) == targets[wanted]
        for name, (begin, end) in row["names"].items():
            own = hits[0, begin - 1:end - 1]
            all_of = right.setdefault(name, [0, 0, 0, 0])
            all_of[0] += int(own.sum()); all_of[1] += len(own); all_of[2] += int(own.all()); all_of[3] += 1
    model.train()
    return {name: f"{a / b:.3f} {c / d:.2f}" for name, (a, b, c, d) in sorted(right.items())}


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("work")
    ask.add_argument("minutes", type=float)
    ask.add_argument("--size", default="tiny")
    ask.add_argument("--lr", type=float, default=1.5e-3)
    ask.add_argument("--final-lr", type=float, default=0.03)
    ask.add_argument("--batch", type=int, default=0, help="tokens of a step")
    ask.add_argument("--questions", type=int, default=0, help="of one reading in a row")
    ask.add_argument("--from", dest="start")
    ask.add_argument("--keep", help="only writes the weights to this file, in half precision: a checkpoint to ship")
    ask.add_argument("--threads", type=int, default=os.cpu_count())
    ask.add_argument("--seed", type=int, default=int(time.time()))
    options = ask.parse_args()
    torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    kind = "bf16" if device == "cuda" else "f32"
    torch.backends.cuda.matmul.allow_tf32 = True
    batch, questions = options.batch or (65_536 if device == "cuda" else 6_000), options.questions or (9 if device == "cuda" else 3)
    work = options.work
    tokens = Tokens.read(f"{work}/tokens.json")
    rows = Rows(f"{work}/train", tokens)
    held = Rows(f"{work}/held-out", tokens)
    fixed = random.Random(1)
    held_rows = [held.lay_out(one) for one in fixed.sample(held.readings, min(len(held.readings), 40 if device == "cpu" else 90))]
    path = f"{work}/{options.size}.pt"
    shipped = f"{os.path.dirname(os.path.abspath(__file__))}/checkpoint-{options.size}.pt"
    start = next((one for one in (path, options.start, shipped) if one and os.path.exists(one)), None)
    saved = torch.load(start, map_location=device) if start else {}
    model = Llama(shape_of(options.size, len(tokens.names))).to(device)
    if saved:
        model.load_state_dict({name: one.float() for name, one in saved["model"].items()})
    matrices, others = [p for p in model.parameters() if p.ndim == 2], [p for p in model.parameters() if p.ndim != 2]
    optimiser = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}], lr=options.lr, betas=(0.9, 0.95))
    if "optimiser" in saved:
        optimiser.load_state_dict(saved["optimiser"])
    step, spent, seen = saved.get("step", 0), saved.get("seconds", 0.0), saved.get("tokens", 0)
    print(f"{count(model) / 1e6:.1f} M weights on {device}; {len(rows.readings)} readings; step {step}, {spent / 60:.1f} minutes so far", flush=True)

    if options.keep:
        return torch.save({"model": {name: one.half() for name, one in model.state_dict().items()}, "step": step, "seconds": spent, "tokens": seen, "size": options.size}, options.keep)

    def save():
        torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step, "seconds": spent + time.time() - begun, "tokens": seen, "size": options.size}, f"{path}.part")
        os.replace(f"{path}.part", path)
        gguf.write(f"{work}/starter-llama-{options.size}.gguf", f"starter-llama-{options.size}", tokens, model.shape, model.tensors())

    begun = told = time.time()
    limit, first, last = options.minutes * 60, step, step
    lost = torch.zeros((), device=device)
    batches = Batches(rows, batch, questions, 2 if device == "cpu" else 16, options.seed)
    steps = iter(torch.utils.data.DataLoader(batches, batch_size=None, num_workers=min(14, os.cpu_count() - 1), prefetch_factor=4) if device != "cpu" else batches)
    while time.time() - begun < limit:
        part = (time.time() - begun) / limit
        rate = options.lr * (options.final_lr + (1 - options.final_lr) * 0.5 * (1 + math.cos(math.pi * part))) * min(1.0, (step - first + 1) / WARM)
        for group in optimiser.param_groups:
            group["lr"] = rate
        parts, total, size = next(steps)
        for part in parts:
            loss = loss_of(model, part, device, kind) / total
            loss.backward()
            lost += loss.detach()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step, seen = step + 1, seen + size
        if time.time() - told > min(120, limit / 4):
            print(f"step {step} {(time.time() - begun) / 60:.1f} min, {seen / 1e6:.2f} M tokens, loss {float(lost) / (step - last):.3f}, rate {rate:.1e}", flush=True)
            lost, last, told = lost * 0, step, time.time()
            save()
    save()
    print(f"step {step}, {seen / 1e6:.2f} M tokens; on held-out conversations, right tokens and right answers:", measure(model, held_rows, device, kind), flush=True)


if __name__ == "__main__":
    main()
