"""The encoder: a small transformer with rotary places, which reads word pieces and gives tags of words, the reason of contact and choices.

Names of weights (`emb`, `qkv`, `look` …) are those of the checkpoint; renaming one makes old checkpoints unreadable.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

HIDDEN_LOGIT = -1e4
"""Added where nothing may be looked at; finite, so that half precision holds it."""


def rotate(vectors, cosine, sine):
    """Turns pairs of numbers by an angle of their place (rotary position embedding)."""
    first, second = vectors.chunk(2, -1)
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)


class Block(nn.Module):
    """Attention and a feed-forward part, each behind its own norm."""

    def __init__(self, width, heads):
        """`width` numbers a place, parted among `heads`."""
        super().__init__()
        self.heads = heads
        self.n1, self.n2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.o = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, cosine, sine, mask, dropout=0.0):
        """`mask` is added to the attention's logits; None where every place may be seen."""
        batch, places, width = x.shape
        size = width // self.heads
        query, key, value = self.qkv(self.n1(x)).view(batch, places, 3, self.heads, size).permute(2, 0, 3, 1, 4).unbind(0)
        query, key = rotate(query, cosine, sine), rotate(key, cosine, sine)
        if torch.onnx.is_in_onnx_export() or not hasattr(F, "scaled_dot_product_attention"):
            logits = torch.matmul(query, key.transpose(-1, -2)) * (1 / math.sqrt(size))
            seen = torch.matmul(torch.softmax(logits if mask is None else logits + mask, -1), value)
        else:
            seen = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        x = x + F.dropout(self.o(seen.transpose(1, 2).reshape(batch, places, width)), dropout, self.training)
        return x + F.dropout(self.down(F.gelu(self.up(self.n2(x)), approximate="tanh")), dropout, self.training)


class Encoder(nn.Module):
    """Embedding, blocks, a head for masked words, one for tags, and one for the reason and each choice."""

    def __init__(self, vocabulary, tags, reasons, choices, width=320, layers=6):
        """Sizes; `choices` maps each choice to how many answers it has, "none" among them."""
        super().__init__()
        self.width, self.heads = width, width // 64
        self.emb = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.emb.weight, std=0.05)
        self.blocks = nn.ModuleList(Block(width, self.heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.mlm, self.mlmn, self.mlmb = nn.Linear(width, width), nn.LayerNorm(width), nn.Parameter(torch.zeros(vocabulary))
        self.tag = nn.Linear(width, tags)
        sizes = [reasons, *choices.values()]
        self.look = nn.Linear(width, len(sizes))
        self.pick = nn.ModuleList(nn.Linear(2 * width, size) for size in sizes)
        for block in self.blocks:
            for weight in (block.o.weight, block.down.weight):
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * layers))
            for weight in (block.qkv.weight, block.up.weight):
                nn.init.normal_(weight, std=0.03)

    def trunk(self, ids, padding=None, dropout=0.0):
        """A vector for each piece; `padding` is true where a row has ended."""
        half = self.width // self.heads // 2
        steps = torch.exp(-math.log(1000.0) * torch.arange(0, half, device=ids.device).float() / half)
        angles = torch.arange(ids.shape[1], device=ids.device).float()[:, None] * steps[None]
        x = self.emb(ids)
        cosine, sine = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        if torch.is_autocast_enabled():
            cosine, sine = cosine.bfloat16(), sine.bfloat16()
        mask = None
        if padding is not None:
            mask = torch.zeros(padding.shape, device=ids.device, dtype=cosine.dtype).masked_fill(padding, HIDDEN_LOGIT)[:, None, None, :]
        x = F.dropout(x, dropout, self.training)
        for block in self.blocks:
            x = block(x, cosine, sine, mask, dropout)
        return self.norm(x)

    def guess_masked(self, ids, places):
        """Logits of the whole vocabulary at `places` (counted through the flattened batch)."""
        x = self.trunk(ids).reshape(-1, self.width)[places]
        return F.linear(self.mlmn(F.gelu(self.mlm(x))), self.emb.weight, self.mlmb)

    def read(self, ids, padding, dropout=0.0):
        """Logits of tags for each piece, and of the reason and each choice for each row."""
        x = self.trunk(ids, padding, dropout)
        looks = self.look(x).float().masked_fill(padding[..., None], HIDDEN_LOGIT).softmax(1).to(x.dtype)
        pooled = torch.einsum("bth,btd->bhd", looks, x)
        return self.tag(x), [pick(torch.cat([pooled[:, at], x[:, 0]], -1)) for at, pick in enumerate(self.pick)]


def build(examples, width=320, layers=6):
    """An encoder for the labels of `examples.pkl`."""
    choices = {head: len(values) + 1 for head, values in examples["heads"].items()}
    return Encoder(len(examples["vocabulary"]), len(examples["tags"]), len(examples["topics"]), choices, width, layers)


def load(network, path):
    """Fills a network from a checkpoint, which is kept in half precision."""
    network.load_state_dict({name: weight.float() for name, weight in torch.load(path, map_location="cpu").items()})
    return network
