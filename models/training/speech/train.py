"""Trains the starter speech model in stages, on CPU cores or one CUDA GPU. Stops after its minutes and saves as it goes.

train.py STAGE OUT --minutes M --sets a,b --validation v,w [--from CHECKPOINT] [--lr 6e-4] [--mix 5:.4,10:.6]

STAGE    encoder   what every 20 ms frame holds: phone, token, edges of words (start here)
         joint     everything
--mix    share of windows of so many seconds. The product asks whisper.cpp for short windows (see README), which are cheap to train.
Writes OUT.pt (checkpoint) and OUT.bin (ggml, f16) for whisper.cpp: the running mean of the weights.

On a CPU each worker process trains on one core and all write to the same weights without waiting for each other, so that a core taken
away by other programs slows only its own worker.
"""
import argparse
import math
import os
import re
import time

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")  # before numpy: OpenBLAS's own threads would spin against the other worker

import numpy as np
import torch
import torch.multiprocessing as mp

import data
import whisper_model as wm
from losses import frame_losses, total, word_losses
from tokens import Tokens
from voices import PHONES

MEAN_OVER = 60  # seconds of training that the running mean of the weights looks back


def arguments():
    """The command line."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("stage", choices=["encoder", "joint"])
    p.add_argument("out")
    p.add_argument("--minutes", type=float, required=True, help="0 only validates and writes --from")
    p.add_argument("--sets", required=True)
    p.add_argument("--validation", required=True)
    p.add_argument("--from", dest="start")
    p.add_argument("--lr", type=float, default=6e-4)
    p.add_argument("--final-lr", type=float, default=0.05, help="share of the rate at the end")
    p.add_argument("--mix", default="5:.4,10:.3,15:.3")
    p.add_argument("--wrong-history", type=float, default=0.05)
    p.add_argument("--prompts", type=float, default=0.03, help="share of windows with random earlier text before them")
    p.add_argument("--unstamped", type=float, default=0.03, help="share of windows without timestamps")
    p.add_argument("--guide", type=float, default=0.3, help="weight of the loss that leads cross attention to the right frames")
    p.add_argument("--batch-seconds", type=float, default=40)
    p.add_argument("--workers", type=int, default=os.cpu_count())
    p.add_argument("--report", type=float, default=10, help="minutes between validations")
    p.add_argument("--layers", help="encoder+decoder; those of --from, else 8+4")
    p.add_argument("--seed", type=int, default=int(time.time()))
    return p.parse_args()


def low_precision(device):
    """bfloat16 where the processor multiplies it in hardware, else it is slower than float32."""
    flags = open("/proc/cpuinfo").read()
    fast = device == "cuda" or "amx_bf16" in flags or "avx512_bf16" in flags
    return torch.autocast(device, dtype=torch.bfloat16, enabled=fast)


class Worker:
    """Draws windows and steps the shared model's weights."""

    def __init__(self, a, model, tokens, number):
        """`number`: which worker this is, for its own random windows."""
        self.a, self.model, self.tokens = a, model, tokens
        self.device = next(model.parameters()).device
        self.rng = np.random.default_rng((a.seed, number))
        torch.manual_seed(a.seed + number)
        self.mel = data.LogMel(tokens.filters)
        sets = [data.SpeechSet(n, tokens) for n in a.sets.split(",")]
        mix = [part.split(":") for part in a.mix.split(",")]
        self.windows = {int(s): data.Windows(sets, tokens, int(s)) for s, _ in mix}
        share = np.array([float(w) for _, w in mix])
        self.share = share / share.sum()
        self.precision = low_precision(self.device.type)
        model.encoder.keep_code()

    def draw(self):
        """→ windows of one length, and the position where they stand: short ones anywhere, so that all 1,500 are trained."""
        seconds = list(self.windows)[self.rng.choice(len(self.share), p=self.share)]
        count = max(1, round(self.a.batch_seconds / seconds))
        last = wm.POSITIONS - seconds * 50
        position = int(self.rng.integers(0, last + 1)) if last and self.rng.random() < 0.6 else 0
        return [self.windows[seconds].window(self.rng) for _ in range(count)], position

    def features(self, windows):
        """→ log-mel, a quarter of the time with parts masked."""
        samples = torch.from_numpy(np.stack([w.samples for w in windows])).to(self.device)
        louder = torch.from_numpy(np.maximum(0, self.rng.uniform(-1.5, 1.5, len(windows))).astype(np.float32))
        mel = self.mel(samples, louder)
        return data.mask_features(mel, self.rng) if self.rng.random() < 0.25 else mel

    def labels(self, windows, name):
        """One kind of label of all windows."""
        return torch.from_numpy(np.stack([getattr(w, name) for w in windows])).to(self.device)

    def sequences(self, windows, position):
        """Token sequences, a share of them without timestamps or with a prompt."""
        a, rng = self.a, self.rng
        return [data.sequence(w, self.tokens, rng, position, rng.random() >= a.unstamped,
                              int(rng.integers(1, 60)) if rng.random() < a.prompts else 0) for w in windows]

    def losses(self):
        """Endless losses of batches, by name; the stage decides which exist."""
        while True:
            windows, position = self.draw()
            with self.precision:
                encoded, middle = self.model.encoder(self.features(windows), position)
                losses, right = frame_losses(self.model, encoded, middle, *(self.labels(windows, name) for name in ("phones", "token", "edges")))
                if self.a.stage == "joint":
                    said = data.pad(self.sequences(windows, position), self.tokens, self.rng, self.a.wrong_history)
                    losses |= word_losses(self.model, encoded, *(t.to(self.device) for t in said), self.a.guide)
            yield losses, right


def trained(stage, name):
    """Whether a stage trains the parameter of this name."""
    return stage == "joint" or not name.startswith("decoder.") or name == "decoder.rows.base"


def work(a, model, tokens, number, began, messages):
    """A worker's loop until the minutes are over or its parent is gone."""
    torch.set_num_threads(1)
    parent = os.getppid()
    worker = Worker(a, model, tokens, number)
    weights = [p for name, p in model.named_parameters() if trained(a.stage, name)]
    optimiser = torch.optim.AdamW(weights, lr=a.lr, betas=(0.9, 0.98), weight_decay=0.01)
    recent = {}
    for step, (losses, right) in enumerate(worker.losses(), 1):
        done = (time.time() - began) / 60 / max(a.minutes, 1e-6)
        if done >= 1 or os.getppid() != parent:
            break
        for g in optimiser.param_groups:
            g["lr"] = a.lr * min(1, step / 150) * (a.final_lr + (1 - a.final_lr) * (0.5 + 0.5 * math.cos(math.pi * done)))
        loss = total(losses, a.guide)
        optimiser.zero_grad()
        loss.backward()
        if torch.isfinite(torch.nn.utils.clip_grad_norm_(weights, 1.0)):
            optimiser.step()
        for name, value in (losses | {"right": right}).items():
            recent.setdefault(name, []).append(value.item())
        if step % 100 == 0:
            messages.put((number, step, {name: float(np.mean(v)) for name, v in recent.items()}))
            recent = {}
    messages.put((number, step, None))


class Validation:
    """Errors of a model on sets that it never trained on."""

    def __init__(self, names, tokens, precision):
        """The same clean windows each time."""
        self.tokens, self.mel, self.precision, self.batches = tokens, data.LogMel(tokens.filters), precision, {}
        for name in names:
            for seconds, count in ((10, 12), (30, 2)):
                rng, windows = np.random.default_rng(5), data.Windows([data.SpeechSet(name, tokens)], tokens, seconds, damage=False)
                self.batches[f"{os.path.basename(name)} {seconds} s"] = [windows.window(rng) for _ in range(count)]

    @torch.no_grad()
    def report(self, model, words):
        """One line: phones and tokens right per frame; with `words`, the decoder's greedy word error."""
        parts = []
        for name, windows in self.batches.items():
            with self.precision:
                encoded, middle = model.encoder(self.mel(torch.from_numpy(np.stack([w.samples for w in windows]))))
                phones = model.phones(model.phone_ln(middle)).argmax(-1).numpy()
                named = model.base_logits(encoded).argmax(-1).numpy()
            label = lambda key: np.stack([getattr(w, key) for w in windows])
            spoken = label("token") != self.tokens.bases
            part = f"{name}: phones {(phones == label('phones'))[label('phones') > 0].mean():.3f}, tokens {(named == label('token'))[spoken].mean():.3f}"
            if words:
                errors = total = 0
                for heard, window in zip(self.greedy(model, encoded[:6].float()), windows):
                    reference = plain_words(" ".join(text.strip() for _, _, text, _ in window.words if text))
                    errors, total = errors + edit_distance(plain_words(heard), reference), total + len(reference)
                part += f", word error {errors / total:.3f}"
            parts.append(part)
        return "\n    ".join(parts) + (f"\n    {heard[:300]}" if words else "")

    def greedy(self, model, encoded):
        """The most likely text of each window, with timestamps as whisper.cpp decodes it."""
        column, rows = self.tokens.column, model.decoder.rows()
        out, open_ = torch.full((len(encoded), 1), column[wm.SOT]), torch.ones(len(encoded), dtype=torch.bool)
        for _ in range(min(wm.TEXT_POSITIONS // 2 - 4, int(encoded.shape[1] / 50 * 14 + 12))):
            with self.precision:
                logits = model.decoder(out, encoded, rows)[0][:, -1].float()
            logits[:, [column[wm.NO_SPEECH], column[wm.SOT], column[wm.PREVIOUS], column[wm.NO_TIMESTAMPS], logits.shape[1] - 1]] = -1e9
            first_stamp = column[wm.FIRST_TIMESTAMP]
            after, before = out[:, -1] >= first_stamp, (out[:, -2] >= first_stamp) if out.shape[1] > 2 else torch.ones(len(out), dtype=torch.bool)
            logits[(after & before), first_stamp:] = -1e9  # whisper.cpp takes timestamps in pairs
            logits[(after & ~before), :self.tokens.text] = -1e9
            stamps = logits[:, first_stamp:-1].logsumexp(-1) > logits[:, :first_stamp].max(-1).values
            logits[stamps, :first_stamp] = -1e9
            best = torch.where(open_, logits.argmax(-1), column[wm.EOT])
            open_ &= best != column[wm.EOT]
            out = torch.cat([out, best[:, None]], 1)
            if not open_.any():
                break
        for row in out[:, 1:].tolist():
            yield b"".join(self.tokens.vocabulary[int(self.tokens.ids[c])] for c in row if c < self.tokens.text).decode("utf8", "ignore")


def plain_words(line):
    """Lower-case words without punctuation."""
    return re.sub(r"[^a-z' ]", " ", line.lower()).split()


def edit_distance(heard, reference):
    """Words to replace, insert or drop."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(reference):
        previous, row[0] = row[0], i + 1
        for j, other in enumerate(heard):
            previous, row[j + 1] = row[j + 1], min(row[j + 1] + 1, row[j] + 1, previous + (word != other))
    return row[-1]


def main():
    """Starts the workers, keeps the running mean of the weights, validates and saves it."""
    a = arguments()
    torch.set_num_threads(1)
    tokens = Tokens()
    size = wm.size_of(a.layers)
    model = wm.load(a.start, tokens, len(PHONES), size) if a.start else wm.Whisper(size or wm.Size(), tokens, len(PHONES))
    mean = wm.Whisper(model.size, tokens, len(PHONES))
    mean.load_state_dict(model.state_dict())
    mean.eval()
    model.share_memory()
    validation = Validation(a.validation.split(","), tokens, low_precision("cpu"))
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.1f} M parameters, {tokens.text} text tokens", flush=True)
    context, began = mp.get_context("spawn"), time.time()
    messages = context.Queue()
    workers = [context.Process(target=work, args=(a, model, tokens, n, began, messages), daemon=True) for n in range(a.workers)]
    for worker in workers:
        worker.start()
    last, reported = time.time(), time.time()
    while any(w.is_alive() for w in workers):
        time.sleep(2)
        now = time.time()
        keep = math.exp(-(now - last) / min(MEAN_OVER, 1 + 0.2 * (now - began)))
        last = now
        with torch.no_grad():
            for m, p in zip(mean.parameters(), model.parameters()):
                m.lerp_(p, 1 - keep)
        while not messages.empty():
            number, step, losses = messages.get()
            if losses:
                print(f"{(now - began) / 60:.1f} min, worker {number} step {step}: " + ", ".join(f"{n} {v:.3f}" for n, v in losses.items()), flush=True)
        if now - reported > a.report * 60:
            wm.save(mean, a.out, tokens.filters, tokens.vocabulary)
            print("  validation " + validation.report(mean, a.stage != "encoder"), flush=True)
            reported = time.time()
    wm.save(mean, a.out, tokens.filters, tokens.vocabulary)
    print("  validation " + validation.report(mean, a.stage != "encoder"), flush=True)


if __name__ == "__main__":
    main()
