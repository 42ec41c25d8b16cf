"""Learning from masked words: of one word in five the pieces are hidden, and the network guesses them."""
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from pieces import CLS, MASK, SPECIAL

WARM_STEPS, SAVE_EVERY_S = 300, 45


def text_of(trainer, path):
    """A file of pieces, on the device."""
    return torch.from_numpy(np.fromfile(path, np.uint16).astype(np.int32)).to(trainer.device)


def rate_at(step, done, highest):
    """Rises for 300 steps, stays, and falls straight to nothing in the second half of the time."""
    return highest * min(1, (step + 1) / WARM_STEPS) * (min(1, (1 - done) / 0.5) if done > 0.5 else 1)


def hide(ids, is_inner, masked, size):
    """What the network sees, places to guess, their weights, and what stood there.

    Whole words are chosen: eight in ten become [MASK], one another piece, one stays. The number of places is fixed, so that every step has one shape; places too many weigh nothing.
    """
    rows, tokens = ids.shape
    word = (~is_inner[ids]).cumsum(1)
    chosen = (torch.rand(rows, tokens + 1, device=ids.device).gather(1, word) < masked) & (ids > CLS)
    places = (chosen.float() + torch.rand(ids.shape, device=ids.device) * 0.5).view(-1).topk(int(rows * tokens * (masked + 0.02))).indices
    fate = torch.rand(ids.shape, device=ids.device)
    seen = torch.where(chosen & (fate < 0.8), torch.full_like(ids, MASK), ids)
    seen = torch.where(chosen & (fate > 0.9), torch.randint(len(SPECIAL), size, ids.shape, device=ids.device), seen)
    return seen, places, chosen.view(-1)[places].float(), ids.view(-1)[places]


def pretrain(trainer, options):
    """Trains for the time given and saves now and then."""
    vocabulary = trainer.examples["vocabulary"]
    is_inner = torch.tensor([piece.startswith("##") for piece in vocabulary], device=trainer.device)
    general, domain = (text_of(trainer, os.path.join(options.examples, name + ".u16")) for name in ("general", "domain"))
    tokens, of_domain = options.tokens, int(options.batch * options.domain)
    along = torch.arange(tokens, device=trainer.device)
    guess = torch.compile(trainer.network.guess_masked) if options.compile else trainer.network.guess_masked
    begun = saved = time.time()
    step, done = 0, 0.0
    while done < 1:
        starts = [
            (text, torch.randint(0, len(text) - tokens, (rows,), device=trainer.device))
            for text, rows in ((general, options.batch - of_domain), (domain, of_domain))
        ]
        ids = torch.cat([text[start[:, None] + along] for text, start in starts]).long()
        seen, places, weights, wanted = hide(ids, is_inner, options.masked, len(vocabulary))
        with trainer.half_precision():
            logits = guess(seen, places)
        losses = F.cross_entropy(logits.float(), wanted, reduction="none") * weights
        trainer.step(losses.sum() / weights.sum(), rate_at(step, done, options.rate))
        step += 1
        if step % 50 == 0 or step < 4:
            ours = places >= (options.batch - of_domain) * tokens
            general_loss, domain_loss = (((losses * part).sum() / (weights * part).sum().clamp(min=1)).item() for part in (~ours, ours))
            spent = time.time() - begun
            print(f"{step} {spent:.0f} s, {step * options.batch * tokens / spent / 1e3:.0f} k tokens a second, loss {general_loss:.3f}, ours {domain_loss:.3f}", flush=True)
        if time.time() - saved > SAVE_EVERY_S:
            trainer.save(options.out)
            saved = time.time()
        done = (time.time() - begun) / (60 * options.minutes)
    trainer.save(options.out)
    print(f"{step} steps, {step * options.batch * tokens / 1e6:.1f} M tokens", flush=True)
