"""A llama in PyTorch, as llama.cpp runs it, which can copy before it has learned anything (see README.md)."""
import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass
class LlamaShape:
    words: int
    width: int
    layers: int
    heads: int
    inner: int
    context: int = 4096
    base: float = 10000.0
    epsilon: float = 1e-5


#: millions of weights: 2.5 and 20
SIZES = {"tiny": dict(width=192, layers=3, heads=3, inner=512), "small": dict(width=384, layers=9, heads=6, inner=1152)}
#: of each head; turned by place. The others are not turned at all: they compare what, not where
TURNED = 16
FASTEST, SLOWEST = 2.0, 0.004
NEVER = 1e9
#: tokens that have to be the same before a place for it to be the one that is copied from; how sharply heads look back, and compare
LOOKS_BACK, SHARP, SIZE = 3, 7.0, 4.0


def frequencies(head):
    """Radians a token for each pair of dimensions, 0 for those that never turn."""
    turned = TURNED // 2
    own = [FASTEST * (SLOWEST / FASTEST) ** (at / (turned - 1)) for at in range(turned)]
    return torch.tensor(own + [0.0] * (head // 2 - turned))


def factors(shape):
    """`rope_freqs`: what llama.cpp divides its own frequencies by to get ours."""
    head = shape.width // shape.heads
    usual = shape.base ** (-torch.arange(0, head, 2).double() / head)
    ours = frequencies(head).double()
    return torch.where(ours > 0, usual / ours.clamp(min=1e-12), torch.full_like(usual, NEVER)).float()


def turn(x, cos, sin):
    """Rotates neighbouring pairs (llama.cpp's "norm" order) of the dimensions that turn. x: [batch, heads, length, head]; cos, sin: [batch, 1, length, pairs]."""
    even, odd = x[..., 0:TURNED:2].float(), x[..., 1:TURNED:2].float()
    return torch.cat([torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2).to(x.dtype), x[..., TURNED:]], -1)


class Norm(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape.width))
        self.epsilon = shape.epsilon

    def forward(self, x):
        wide = x.float()
        if hasattr(F, "rms_norm"):  # one pass over memory instead of five
            return F.rms_norm(wide, self.weight.shape, self.weight, self.epsilon).to(x.dtype)
        return (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.epsilon)).to(x.dtype) * self.weight.to(x.dtype)


class Layer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        width, self.heads = shape.width, shape.heads
        self.attn_norm, self.ffn_norm = Norm(shape), Norm(shape)
        self.attn_q, self.attn_k = nn.Linear(width, width), nn.Linear(width, width)
        self.attn_v, self.attn_output = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
        self.ffn_gate, self.ffn_up = nn.Linear(width, shape.inner, bias=False), nn.Linear(width, shape.inner, bias=False)
        self.ffn_down = nn.Linear(shape.inner, width, bias=False)

    def forward(self, x, cos, sin, bias):
        batch, length, width = x.shape
        head = width // self.heads
        split = lambda y: y.view(batch, length, self.heads, head).transpose(1, 2)
        normed = self.attn_norm(x)
        q, k = turn(split(self.attn_q(normed)), cos, sin), turn(split(self.attn_k(normed)), cos, sin)
        v = split(self.attn_v(normed))
        if hasattr(F, "scaled_dot_product_attention"):
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype))
        else:
            mixed = (q @ k.transpose(-1, -2) / math.sqrt(head) + bias).softmax(-1).to(v.dtype) @ v
        x = x + self.attn_output(mixed.transpose(1, 2).reshape(batch, length, width))
        normed = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(normed)) * self.ffn_up(normed))


class Llama(nn.Module):
    def __init__(self, shape, seed=1):
        super().__init__()
        torch.manual_seed(seed)
        self.shape = shape
        self.token_embd = nn.Embedding(shape.words, shape.width)
        self.blk = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.output_norm = Norm(shape)
        self.output = nn.Linear(shape.width, shape.words, bias=False)
        self.register_buffer("speeds", frequencies(shape.width // shape.heads)[:TURNED // 2], persistent=False)
        self._begin()

    def forward(self, tokens, places, mask, wanted=None):
        """tokens, places: [batch, length]; mask: [batch, length, length], true where a token may look, or what is added there: 0 or -inf. @returns logits, of the `wanted` places
        (numbers in batch x length) only: numbers and not truths, for whose count a card would have to be waited for."""
        if mask.dtype == torch.bool:
            mask = torch.zeros(mask.shape, device=mask.device).masked_fill(~mask, -math.inf)
        x, bias = self.token_embd(tokens.long()), mask[:, None]
        angle = places[:, None, :, None].float() * self.speeds
        cos, sin = angle.cos(), angle.sin()
        for layer in self.blk:
            x = layer(x, cos, sin, bias)
        x = self.output_norm(x)
        return self.output(x if wanted is None else x.flatten(0, 1).index_select(0, wanted))

    @torch.no_grad()
    def _begin(self):
        """Small random weights, and over them the two circuits of copying: first-layer heads that fetch the last three tokens before, and a second-layer head that looks for the
        place before which the same three tokens stand, and says what stands there. Thirds of the width: what is here, what was before, what comes next. (With one token before
        instead of three, "the first and you've taken the first and you've taken the" had no end.)"""
        shape, head = self.shape, self.shape.width // self.shape.heads
        for name, one in self.named_parameters():
            if one.ndim == 2:
                one.normal_(0, 0.02 / math.sqrt(2 * shape.layers) if name.endswith(("attn_output.weight", "ffn_down.weight")) else 0.02)
            elif name.endswith("bias"):
                one.zero_()
        third = shape.width // 3
        content = torch.randn(shape.words, third) / math.sqrt(third)
        self.token_embd.weight[:, :third] = content
        self.output.weight[:, 2 * third:] = content
        self.output_norm.weight[2 * third:] = 5.0  # what is copied is said aloud from the start: a loss of 5.0 instead of 7.5 before any training
        before, find = self.blk[0], self.blk[1]
        own, share = frequencies(head)[: TURNED // 2], third // LOOKS_BACK
        for back in range(LOOKS_BACK):
            # looks so many places back: constant queries and keys whose rotations agree at that distance
            rows, out = slice(back * head, (back + 1) * head), third + back * share
            before.attn_k.bias[rows.start:rows.start + TURNED:2] = SHARP
            before.attn_q.bias[rows.start:rows.start + TURNED:2] = SHARP * ((back + 1) * own).cos()
            before.attn_q.bias[rows.start + 1:rows.start + TURNED:2] = -SHARP * ((back + 1) * own).sin()
            before.attn_v.weight[rows] = 0
            before.attn_v.weight[rows.start:rows.start + share, :share] = torch.eye(share)
            before.attn_output.weight[:, rows] = 0
            before.attn_output.weight[out:out + share, rows.start:rows.start + share] = torch.eye(share)
        compared = (head - TURNED) // LOOKS_BACK
        for number in range(third // head):
            rows = slice(number * head, (number + 1) * head)
            find.attn_q.weight[rows], find.attn_k.weight[rows], find.attn_v.weight[rows] = 0, 0, 0
            for back in range(LOOKS_BACK):
                # what is here, and before, is what was before, and before that, at the place that is looked for; the unturned dimensions compare
                at, here = rows.start + TURNED + back * compared, number * compared
                find.attn_q.weight[at:at + compared, (0 if back == 0 else third + (back - 1) * share) + here:][:, :compared] = torch.eye(compared) * SIZE
                find.attn_k.weight[at:at + compared, third + back * share + here:][:, :compared] = torch.eye(compared) * SIZE
            find.attn_v.weight[rows, rows] = torch.eye(head)
            find.attn_output.weight[:, rows] = 0
            find.attn_output.weight[2 * third + rows.start:2 * third + rows.stop, rows] = 2 * torch.eye(head)

    def tensors(self):
        """Numpy arrays by GGUF name."""
        arrays = {name: one.detach().float().cpu().numpy() for name, one in self.named_parameters()}
        return {**arrays, "rope_freqs.weight": factors(self.shape).numpy()}


def shape_of(size, words):
    return LlamaShape(words=words, **SIZES[size])


def count(model):
    return sum(one.numel() for one in model.parameters())
