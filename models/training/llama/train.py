"""Trains the starter llama on what make-data.mjs wrote, goes on where it stopped, and writes it as GGUF.

    train.py WORK MINUTES [--until EPOCH_SECONDS] [--size tiny|small] [--lr 1e-3] [--batch TOKENS] [--questions N] [--from CHECKPOINT] [--threads N] [--processes N] [--keep FILE]
"""
import argparse
import math
import os
import signal
import time

import numpy as np
import torch
from torch.nn import functional as F

import gguf
from bpe import Tokens
from llama_model import Llama, count, shape_of
from rows import Rows, padded, steps_of

#: seconds between two saves; steps between two reports of a card, which has to be waited for each time
SAVE, REPORT = 60, 100


def collate(part, device, kind, least=0.0):
    """@returns tokens, places, mask (0 or -inf) and the numbers, targets and weights of the places that are asked for: what is at a place is told at the one before"""
    tokens, places, segments, weights = part
    length = tokens.shape[1]
    row, before = np.nonzero(weights[:, 1:] > least)
    arrays = tokens, places, segments, row * length + before, tokens[row, before + 1].astype(np.int64), weights[row, before + 1]
    # from pinned memory a card takes what it needs without anybody waiting
    sent = [torch.from_numpy(np.ascontiguousarray(one)) for one in arrays]
    tokens, places, segments, at, targets, weights = [one.pin_memory().to(device, non_blocking=True) for one in sent] if device != "cpu" else sent
    causal = torch.ones(length, length, dtype=torch.bool, device=device).tril()
    seen = causal & ((segments[:, None, :] == 0) | (segments[:, None, :] == segments[:, :, None]))
    mask = torch.zeros(seen.shape, dtype=torch.bfloat16 if kind == "bf16" else torch.float32, device=device).masked_fill_(~seen, -math.inf)
    return tokens, places, mask, at, targets, weights


def loss_of(model, part, device, kind):
    """@returns the sum of the losses, weighted"""
    tokens, places, mask, at, targets, weights = collate(part, device, kind)
    with torch.autocast(device_type=device, dtype=torch.bfloat16, enabled=kind == "bf16"):
        logits = model(tokens, places, mask, at)
    return (F.cross_entropy(logits.float(), targets, reduction="none") * weights).sum()


def learn(model, part, total, device, kind):
    """Adds the gradient of a part. One that is too large for the card's memory is halved. @returns its share of the loss"""
    try:
        loss = loss_of(model, part, device, kind) / total
        loss.backward()
        return loss.detach()
    except RuntimeError as failed:
        if "out of memory" not in str(failed) or len(part[0]) == 1:
            raise
    print(f"no room for {part[0].shape}", flush=True)
    torch.cuda.empty_cache()
    half = len(part[0]) // 2
    return learn(model, [one[:half] for one in part], total, device, kind) + learn(model, [one[half:] for one in part], total, device, kind)


@torch.no_grad()
def measure(model, rows, device, kind):
    """@returns by question: share of right tokens, and of answers that are right from the first token to the last"""
    model.eval()
    right = {}
    for row in rows:
        tokens, places, mask, at, targets, _ = collate(padded([row]), device, kind, 0.5)
        with torch.autocast(device_type=device, dtype=torch.bfloat16, enabled=kind == "bf16"):
            found = (model(tokens, places, mask, at).argmax(-1) == targets).cpu()
        hits = torch.zeros(tokens.shape[1], dtype=torch.bool)
        hits[at.cpu()] = found
        for name, (begin, end) in row["names"].items():
            own = hits[begin - 1:end - 1]
            all_of = right.setdefault(name, [0, 0, 0, 0])
            all_of[0] += int(own.sum()); all_of[1] += len(own); all_of[2] += int(own.all()); all_of[3] += 1
    model.train()
    return {name: f"{a / b:.3f} {c / d:.2f}" for name, (a, b, c, d) in sorted(right.items())}


def optimiser_of(model, rate, as_card):
    matrices, others = [p for p in model.parameters() if p.ndim == 2], [p for p in model.parameters() if p.ndim != 2]
    groups = [{"params": matrices, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    try:
        return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.95), **({"fused": True} if as_card else {}))
    except (TypeError, RuntimeError) as failed:
        print(f"no fused AdamW: {failed}", flush=True)
        return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.95))


def whole(path, write):
    write(f"{path}.part")
    os.replace(f"{path}.part", path)


def read(path, device):
    try:
        return torch.load(path, map_location=device, weights_only=False)
    except TypeError:  # before 1.13
        return torch.load(path, map_location=device)


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("work")
    ask.add_argument("minutes", type=float)
    ask.add_argument("--until", type=float, help="seconds since 1970 at which to save and stop, instead of minutes; rates fall till then")
    ask.add_argument("--size", default="tiny")
    ask.add_argument("--lr", type=float, default=1.5e-3)
    ask.add_argument("--final-lr", type=float, default=0.03)
    ask.add_argument("--warm", type=int, default=0, help="steps to the full rate")
    ask.add_argument("--batch", type=int, default=0, help="tokens of a step")
    ask.add_argument("--questions", type=int, default=0, help="of one reading in a row")
    ask.add_argument("--from", dest="start")
    ask.add_argument("--keep", help="where the weights alone are written, in half precision: a checkpoint to ship; else WORK/checkpoint-SIZE.pt")
    ask.add_argument("--threads", type=int, default=0)
    ask.add_argument("--processes", type=int, default=-1, help="that lay out rows; 0: this one")
    ask.add_argument("--memory", type=float, default=0.5, help="the share of a card's memory that may be taken")
    ask.add_argument("--measured", type=int, default=24, help="held-out readings to measure with at the end")
    ask.add_argument("--readings", type=int, help="to pack at most")
    ask.add_argument("--seed", type=int, default=int(time.time()))
    ask.add_argument("--card", choices=["bf16", "f32"], help=argparse.SUPPRESS)  # a card's way on a processor, for tests
    options = ask.parse_args()
    began = time.time()
    until = options.until or began + options.minutes * 60
    device = "cuda" if torch.cuda.is_available() else "cpu"
    as_card = device == "cuda" or options.card is not None
    kind = options.card or ("bf16" if as_card else "f32")
    torch.set_num_threads(options.threads or (2 if device == "cuda" else os.cpu_count()))
    batch, questions, warm = options.batch or (65_536 if as_card else 6_000), options.questions or (9 if as_card else 3), options.warm or (80 if as_card else 20)
    processes = options.processes if options.processes >= 0 else min(14, os.cpu_count() - 1) if as_card else 0
    work = options.work
    tokens = Tokens.read(f"{work}/tokens.json")
    rows = Rows(f"{work}/train", tokens, options.readings)
    held = Rows(f"{work}/held-out", tokens)
    path = f"{work}/{options.size}.pt"
    shipped = f"{os.path.dirname(os.path.abspath(__file__))}/checkpoint-{options.size}.pt"
    start = next((one for one in (path, options.start, shipped) if one and os.path.exists(one)), None)
    if options.minutes == 0 and options.until is None and start is None:
        return print(f"{len(rows.readings)} readings and {len(held.readings)} held out are packed")
    chosen = np.random.default_rng(1).permutation(held.readings)[:options.measured]
    held_rows = [held.lay_out(int(one)) for one in chosen]
    # processes begin before the card is touched: what has met a card does not like to be copied
    steps = steps_of(rows, processes, options.seed, batch, questions, 16 if as_card else 2)
    following = next(steps)
    stopped = []
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stopped.append(True))

    if device == "cuda":
        torch.cuda.set_per_process_memory_fraction(options.memory)
        if hasattr(torch.backends.cuda, "enable_cudnn_sdp"):
            torch.backends.cuda.enable_cudnn_sdp(False)  # plans anew for every length, which takes longer than the step
    saved = read(start, "cpu") if start else {}
    model = Llama(shape_of(options.size, len(tokens.names)))
    if saved:
        model.load_state_dict({name: one.float() for name, one in saved["model"].items()})
    model.to(device)
    optimiser = optimiser_of(model, options.lr, as_card)

    def restore(state):
        """Moments only: how they are reckoned with is this machine's matter."""
        if state is not None:
            optimiser.load_state_dict({**optimiser.state_dict(), "state": state["state"]})

    restore(saved.get("optimiser"))
    step, spent, seen = saved.get("step", 0), saved.get("seconds", 0.0), saved.get("tokens", 0)
    print(f"{count(model) / 1e6:.1f} M weights on {device}; {len(rows.readings)} readings; step {step}, {spent / 60:.1f} minutes so far; ready after {time.time() - began:.1f} s", flush=True)

    def save():
        """The GGUF; the weights alone in half precision, which is a sixth of everything and enough to go on from; everything."""
        name, told = f"starter-llama-{options.size}", {"step": step, "seconds": spent + time.time() - begun, "tokens": seen, "size": options.size}
        tensors = model.tensors()
        if not all(np.isfinite(one).all() for one in tensors.values()):
            return print("not saved: it has lost its way", flush=True)
        try:
            whole(f"{work}/{name}.gguf", lambda to: gguf.write(to, name, tokens, model.shape, tensors))
            whole(options.keep or f"{work}/checkpoint-{options.size}.pt", lambda to: torch.save({**told, "model": {name: one.half() for name, one in model.state_dict().items()}}, to))
            whole(path, lambda to: torch.save({**told, "model": model.state_dict(), "optimiser": optimiser.state_dict()}, to))
        except (OSError, RuntimeError) as failed:  # a full disk is no reason to stop
            print(f"not saved: {failed}", flush=True)

    begun = told = kept = time.time()
    first = last = step
    read_before, slower = seen, 1.0
    lost = torch.zeros((), device=device)
    while time.time() < until and not stopped:
        part = (time.time() - begun) / max(1e-3, until - begun)
        rate = slower * options.lr * (options.final_lr + (1 - options.final_lr) * 0.5 * (1 + math.cos(math.pi * part))) * min(1.0, (step - first + 1) / warm)
        for group in optimiser.param_groups:
            group["lr"] = rate
        parts, total, size = following
        for one in parts:
            lost += learn(model, one, total, device, kind)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step, seen = step + 1, seen + size
        following = next(steps)
        now = time.time()
        if (step - first) % REPORT == 0 or step - first == 10 or now - told > 30 or now - kept > SAVE:
            loss, now = float(lost) / (step - last), time.time()
            print(f"step {step} {(now - begun) / 60:.2f} min, {seen / 1e6:.2f} M tokens, {(seen - read_before) / (now - told):,.0f} a second, loss {loss:.3f}, rate {rate:.1e}", flush=True)
            lost, last, told, read_before = torch.zeros((), device=device), step, now, seen
            if not math.isfinite(loss):
                again = read(path, "cpu") if os.path.exists(path) else {"model": Llama(model.shape).state_dict()}
                model.load_state_dict(again["model"])
                optimiser, slower = optimiser_of(model, rate, as_card), slower / 2
                restore(again.get("optimiser"))
                print("lost its way: goes on from the last save at half the rate", flush=True)
            elif now - kept > SAVE:
                save()
                kept = time.time()
                print(f"saved in {kept - now:.1f} s", flush=True)
    save()
    ended = time.time()
    print(f"step {step}, {seen / 1e6:.2f} M tokens; saved {ended - until:+.1f} s after the end", flush=True)
    print("on held-out conversations, right tokens and right answers:", measure(model, held_rows, device, kind), f"({time.time() - ended:.1f} s)", flush=True)
    steps.close()


if __name__ == "__main__":
    main()
