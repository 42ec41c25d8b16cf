"""Trains the starter speech model on one CUDA card, which reads hundreds of times what processor cores do: minutes instead of days.

card.py FOLDER --minutes M --from checkpoint.pt [--layers 8+4] [--speakers 11]

Three kinds of processes beside the card's: speakers synthesise for as long as it trains (chunks.py), so that hardly any window is heard
twice; layers-out draw windows as lists of frame numbers (layout.py); the card holds all speech, gathers the windows, spoils them
(damage.py) and trains. Writes FOLDER/card.pt every --save seconds and at the end: the running mean of the weights, for
`train.py joint OUT --minutes 0 --from card.pt`, which writes it for whisper.cpp. FOLDER/until (seconds of the epoch) may be
changed while it runs.
"""
import argparse
import collections
import math
import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")  # before numpy

import queue
import threading
import time

import numpy as np
import torch
import torch.multiprocessing as mp

import chunks
import damage
import whisper_model as wm
from data import FRAME
from layout import lay_out
from losses import frame_losses, total, word_losses
from tokens import Tokens
from voices import IGNORE, PHONES

DICTIONARY = "/usr/share/dict/words"


def arguments():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder", help="for chunks and results; better in memory")
    p.add_argument("--minutes", type=float, required=True)
    p.add_argument("--from", dest="start", required=True)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--final-lr", type=float, default=0.01, help="share of the rate at the end")
    p.add_argument("--warm", type=int, default=200, help="steps to the full rate")
    p.add_argument("--mix", default="5:.2,10:.4,15:.4", help="share of windows of so many seconds")
    p.add_argument("--wrong-history", type=float, default=0.05)
    p.add_argument("--prompts", type=float, default=0.03, help="share of windows with random earlier text before them")
    p.add_argument("--unstamped", type=float, default=0.03, help="share of windows without timestamps")
    p.add_argument("--guide", type=float, default=0.3, help="weight of the loss that leads cross attention to the right frames")
    p.add_argument("--batch-seconds", type=float, default=900)
    p.add_argument("--speakers", type=int, default=max(1, (os.cpu_count() or 2) - 5))
    p.add_argument("--laying", type=int, default=3, help="processes that lay windows out")
    p.add_argument("--layers", help="encoder+decoder; those of --from")
    p.add_argument("--mean-over", type=float, default=15, help="seconds that the running mean of the weights looks back")
    p.add_argument("--save", type=float, default=45)
    p.add_argument("--pool-hours", type=float, default=250, help="of speech on the card, 115 MB each")
    p.add_argument("--dictionary", default=DICTIONARY)
    return p.parse_args()


class Pool:
    """All speech so far, on the card: audio and labels by frame."""

    def __init__(self, hours, none, device):
        """`none`: the base row that means "no token here"."""
        size = int(hours * 3600 * 50)
        new = lambda shape, kind: torch.zeros(shape, dtype=kind, device=device)
        self.audio, self.phones, self.token, self.edges = new((size, FRAME), torch.int16), new(size, torch.uint8), new(size, torch.int16), new(size, torch.uint8)
        self.size, self.used, self.none, self.device = size, 0, none, device

    def add(self, folder, name):
        """A chunk's frames; False when there is no more room."""
        path = os.path.join(folder, name)
        audio, chunk = torch.from_numpy(np.load(path + ".i16.npy")), chunks.read_chunk(path + ".npz")
        count = len(chunk.phones)
        if self.used + count > self.size:
            return False
        part = slice(self.used, self.used + count)
        self.audio[part].copy_(audio.view(count, FRAME))
        for mine, theirs in ((self.phones, chunk.phones), (self.token, chunk.token), (self.edges, chunk.edges)):
            mine[part].copy_(torch.from_numpy(theirs))
        os.remove(path + ".i16.npy")
        with open(os.path.join(folder, "pool.txt"), "a") as file:
            file.write(f"{name} {self.used}\n")
        self.used += count
        return True

    def sound(self, frames):
        """(batch, frames) numbers, −1 for silence → (batch, samples)."""
        x = self.audio[frames.clamp(min=0)].float() / 32768 * (frames >= 0)[..., None]
        return x.flatten(1)

    def labels(self, frames):
        """→ phones, token, edges of each frame, as losses.py takes them."""
        there, at = frames >= 0, frames.clamp(min=0)
        phones = self.phones[at].long()
        phones = torch.where(phones == chunks.UNKNOWN, torch.full_like(phones, IGNORE), phones) * there
        token = torch.where(there, self.token[at].long(), torch.full_like(phones, self.none))
        edges = self.edges[at] * there
        return phones, token, torch.stack([edges & 1, edges >> 1], -1).float()


def fill(pool, folder, stopped):
    """Takes every chunk that appears into the pool."""
    known = set()
    while not stopped.is_set():
        for name in sorted(n[:-4] for n in os.listdir(folder) if n.endswith(".npz") and not n.endswith(".new.npz")):
            if name not in known:
                known.add(name)
                if not pool.add(folder, name):
                    print("the pool is full: speakers stop", flush=True)
                    return open(os.path.join(folder, "stop"), "w").close()
        time.sleep(0.3)


def feed(batches, ready, device, stopped):
    """Puts batches on the card before they are wanted."""
    while not stopped.is_set():
        try:
            batch = batches.get(timeout=1)
        except queue.Empty:
            continue
        for name, value in vars(batch).items():
            if isinstance(value, np.ndarray):
                tensor = torch.from_numpy(value)
                setattr(batch, name, tensor.pin_memory().to(device, non_blocking=True) if device == "cuda" else tensor)
        ready.put(batch)


class Trainer:
    """The model, its running mean and one step after another."""

    def __init__(self, a, tokens, pool, device):
        """Goes on from `a.start`."""
        size = wm.size_of(a.layers)
        self.a, self.pool, self.device = a, pool, device
        self.model = wm.load(a.start, tokens, len(PHONES), size).to(device)
        self.mean = wm.load(a.start, tokens, len(PHONES), size).to(device)
        self.model.encoder.keep_code()
        self.weights = list(self.model.parameters())
        is_card = device == "cuda"
        self.optimiser = torch.optim.AdamW(self.weights, lr=a.lr, betas=(0.9, 0.98), weight_decay=0.01, **({"fused": True} if is_card else {}))
        self.mel = damage.WarpedMel(tokens.filters, device)
        self.precision = torch.autocast(device, dtype=torch.bfloat16, enabled=is_card)
        self.told = collections.defaultdict(list)

    def losses(self, batch):
        """One batch → its losses by name."""
        with torch.no_grad():
            source, other = batch.source.long(), batch.other.long()
            softly = self.pool.sound(other) * (10 ** (batch.softer / 20)).repeat_interleave(FRAME, 1)
            mel = damage.masked(self.mel(damage.spoiled(self.pool.sound(source), softly, batch.silent, batch.ends)))
            labels = self.pool.labels(source)
        with self.precision:
            encoded, middle = self.model.encoder(mel, batch.position)
            losses, right = frame_losses(self.model, encoded, middle, *labels)
            losses |= word_losses(self.model, encoded, batch.inputs, batch.targets, batch.begin, batch.end, self.a.guide)
        self.told["right"].append(right)
        return losses

    def step(self, batch, rate, keep):
        """Learns from one batch; `keep`: how much of the running mean stays."""
        losses = self.losses(batch)
        self.optimiser.zero_grad(set_to_none=True)
        total(losses, self.a.guide).backward()
        norm = torch.nn.utils.clip_grad_norm_(self.weights, 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        if self.device == "cuda":  # a step without a finite gradient is left out, and nobody waits for the card
            self.optimiser.found_inf = (~torch.isfinite(norm)).float()
            self.optimiser.step()
        elif torch.isfinite(norm):
            self.optimiser.step()
        with torch.no_grad():
            torch._foreach_mul_(list(self.mean.parameters()), keep)
            torch._foreach_add_(list(self.mean.parameters()), self.weights, alpha=1 - keep)
        for name, value in losses.items():
            self.told[name].append(value.detach())

    def tell(self):
        """→ the mean of every loss since the last time."""
        means = {name: float(torch.stack(values).mean()) for name, values in self.told.items()}
        self.told.clear()
        return ", ".join(f"{name} {value:.3f}" for name, value in means.items())


def until(path):
    """When to stop, seconds of the epoch."""
    try:
        return float(open(path).read())
    except (OSError, ValueError):
        return None


def main():
    """Starts everything and trains until the time is over."""
    a = arguments()
    torch.set_num_threads(1)
    os.makedirs(a.folder, exist_ok=True)
    tokens = Tokens()
    dictionary = [w for w in open(a.dictionary).read().split() if w.isascii() and w.isalpha() and w.islower() and 3 <= len(w) <= 11] if os.path.exists(a.dictionary) else []
    context = mp.get_context("fork")  # before the card is touched
    batches = context.Queue(6 * a.laying)
    work = [(chunks.sounds, (a.folder, tokens, 20))] + [(chunks.speak, (a.folder, n, tokens, dictionary)) for n in range(a.speakers)]
    work += [(lay_out, (tokens, a, [int(time.time()), n], batches)) for n in range(a.laying)]
    processes = [context.Process(target=target, args=args, daemon=True) for target, args in work]
    for process in processes:
        process.start()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    began = time.time()
    deadline = os.path.join(a.folder, "until")
    if until(deadline) is None:
        open(deadline, "w").write(str(began + a.minutes * 60))
    pool, stopped, ready = Pool(a.pool_hours, tokens.bases, device), threading.Event(), queue.Queue(4)
    trainer = Trainer(a, tokens, pool, device)
    for target, args in ((fill, (pool, a.folder, stopped)), (feed, (batches, ready, device, stopped))):
        threading.Thread(target=target, args=args, daemon=True).start()
    print(f"{sum(p.numel() for p in trainer.weights) / 1e6:.1f} M parameters on {device}, {len(dictionary)} words of a dictionary", flush=True)
    path, saved, step, heard, last = os.path.join(a.folder, "card.pt"), time.time(), 0, 0.0, time.time()
    end = until(deadline)
    while (now := time.time()) < end:
        batch = ready.get()
        now, step = time.time(), step + 1
        done = min(1, (now - began) / (end - began))
        rate = a.lr * min(1, step / a.warm) * (a.final_lr + (1 - a.final_lr) * (0.5 + 0.5 * math.cos(math.pi * done)))
        keep = math.exp(-(now - last) / min(a.mean_over, 0.5 + 0.15 * (now - began)))
        last, heard = now, heard + batch.source.numel() / 50
        trainer.step(batch, rate, keep)
        if step in (1, 20) or step % 100 == 0:
            print(f"{now - began:.0f} s, step {step}: {trainer.tell()}; {heard / 3600:.1f} h read, {pool.used / 180000:.2f} h spoken, {ready.qsize()} ready, rate {rate:.1e}", flush=True)
            end = until(deadline) or end
            if end - now < 30:
                open(os.path.join(a.folder, "stop"), "w").close()
        if now - saved > a.save:
            wm.save_checkpoint(trainer.mean, path)
            saved = time.time()
    wm.save_checkpoint(trainer.mean, path)
    stopped.set()
    print(f"{step} steps, {heard / 3600:.0f} h read of {pool.used / 180000:.1f} h spoken", flush=True)
    for process in processes:
        process.kill()
    os._exit(0)


if __name__ == "__main__":
    main()
