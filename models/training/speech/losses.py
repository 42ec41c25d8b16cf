"""What training minds: phones, tokens and edges of words in every frame; the next token; where the decoder listens. No value leaves the device."""
import torch
import torch.nn.functional as F

import whisper_model as wm
from voices import IGNORE

WEIGHTS = {"phones": 0.5, "token": 1.0, "edges": 1.0, "words": 1.0, "times": 0.5, "guide": None}


def share(values, chosen):
    """The mean of the chosen values; 0 of none."""
    return (values * chosen).sum() / chosen.sum().clamp(min=1)


def frame_losses(model, encoded, middle, phones, token, edges):
    """Phones and edges of all frames; tokens of half of them. → losses, share of tokens that are named right."""
    flat = encoded.flatten(0, 1)
    chosen = torch.randint(len(flat), (len(flat) // 2,), device=flat.device)
    logits, wanted = model.base_logits(flat[chosen]).float(), token.flatten()[chosen]
    losses = {"token": F.cross_entropy(logits, wanted)}
    losses["edges"] = F.binary_cross_entropy_with_logits(model.edges(flat).float(), edges.flatten(0, 1))
    losses["phones"] = F.cross_entropy(model.phones(model.phone_ln(middle)).float().flatten(0, 1), phones.flatten(), ignore_index=IGNORE)
    return losses, share((logits.detach().argmax(-1) == wanted).float(), wanted != model.decoder.rows.base.shape[0])


def word_losses(model, encoded, inputs, targets, begin, end, guide):
    """Next token; timestamps count less, since 20 ms is finer than they are known. And attention on the frames where it is heard."""
    logits, attention = model.decoder(inputs, encoded)
    flat = targets.flatten()
    loss = F.cross_entropy(logits.float().flatten(0, 1), flat, ignore_index=IGNORE, reduction="none")
    first_stamp = len(model.decoder.used) - wm.POSITIONS - 1
    stamps = flat >= first_stamp
    losses = {"words": share(loss, ~stamps & (flat != IGNORE)), "times": share(loss, stamps)}
    if guide:
        heard = (end > 0) & (end > begin)
        place = torch.arange(encoded.shape[1], device=encoded.device)
        inside = ((place >= begin[..., None] - 2) & (place < end[..., None] + 2) & heard[..., None]).float()
        there = (attention.float() * inside[:, None]).sum(-1).clamp(1e-4, 1).log()
        copying = heard & (targets >= first_stamp)  # the last head only tells places
        losses["guide"] = -((there[:, :-1] * heard[:, None]).sum() + (there[:, -1] * copying).sum()) / (heard.sum() * (there.shape[1] - 1) + copying.sum()).clamp(min=1)
    return losses


def total(losses, guide):
    """Their weighted sum."""
    return sum((guide if name == "guide" else WEIGHTS[name]) * value for name, value in losses.items())
