"""The Whisper architecture in PyTorch, sized freely, and its writer for whisper.cpp's ggml format.

Token ids are those of English-only Whisper in whisper.cpp. Only the tokens that occur in training have rows; the others stay zero in
the file and share one extra class in the loss, so unmodified whisper.cpp never prints them. The rows are not free either: a capitalised
word is its lower-case word plus one vector shared by all, and a timestamp is a linear image of its place, so both are learned at once
for all words and all places. The file holds the plain rows that whisper.cpp expects.
"""
import math
import os
import re
import struct
from dataclasses import asdict, dataclass

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

VOCABULARY, POSITIONS, TEXT_POSITIONS, MELS = 51864, 1500, 448, 80
EOT, SOT, PREVIOUS, NO_SPEECH, NO_TIMESTAMPS, FIRST_TIMESTAMP = 50256, 50257, 50360, 50361, 50362, 50363
TIMESTAMP_SECONDS = 0.02
CODE = 32  # the last dimensions of the width hold nothing but the place in time, in the encoder and in timestamp rows
FASTEST, SLOWEST = 1.2, 2 * math.pi / 4000  # radians a frame of its waves: sharp to a frame, unique over 1,500


@dataclass
class Size:
    width: int = 256
    heads: int = 8
    encoder_layers: int = 8
    decoder_layers: int = 4
    phone_layer: int = 4  # the encoder layer whose output names the phones


def size_of(layers):
    """"8+4", encoder and decoder layers → Size; nothing → None."""
    return Size(**{part: int(n) for part, n in zip(("encoder_layers", "decoder_layers"), layers.split("+"))}) if layers else None


def gelu(x):
    """On a processor by the formula: oneDNN's GELU backward is wrong on strided gradients in torch 1.13."""
    return F.gelu(x) if x.is_cuda else 0.5 * x * (1 + torch.erf(x * 0.7071067811865476))


class Attention(nn.Module):
    """Multi-head attention, to itself or to a `source`."""

    def __init__(self, size):
        """Four projections; the key's has no bias, as in Whisper."""
        super().__init__()
        w = size.width
        self.heads = size.heads
        self.query, self.key, self.value, self.out = nn.Linear(w, w), nn.Linear(w, w, bias=False), nn.Linear(w, w), nn.Linear(w, w)

    @torch.no_grad()
    def look_at(self, offsets, sharpness, code, source_code=None):
        """Makes each head begin by attending `offsets[head]` places later. `code`: first dimension that holds the query's place, `source_code` the
        key's; both hold `place_code`s of about unit amplitude after their layer norm. The contents may bend this by and by."""
        w, d = self.query.weight.shape[0], self.query.weight.shape[0] // self.heads
        rate, half = wave_rates(), CODE // 2
        self.query.weight.normal_(0, 0.02), self.key.weight.normal_(0, 0.02), self.query.bias.zero_()
        for h, (offset, sharp) in enumerate(zip(offsets, sharpness)):
            if offset is None:
                continue
            gain, at = (sharp * math.sqrt(d)) ** 0.5, h * d
            turn_c, turn_s = torch.cos(rate * offset), torch.sin(rate * offset)
            q, k = torch.zeros(d, w), torch.zeros(d, w)
            for j in range(half):
                q[j, code + j], q[j, code + half + j] = gain * turn_c[j], gain * turn_s[j]  # sin(a + b)
                q[half + j, code + half + j], q[half + j, code + j] = gain * turn_c[j], -gain * turn_s[j]  # cos(a + b)
                k[j, (source_code or code) + j] = k[half + j, (source_code or code) + half + j] = gain
            self.query.weight[at:at + d] += q
            self.key.weight[at:at + d] += k

    def forward(self, x, source=None, mask=None, tell=True):
        """→ output, attention (batch, heads, targets, sources). A `mask` hides what comes after; without `tell`, a card may spare the attention."""
        b, t, w = x.shape
        source = x if source is None else source
        s, d = source.shape[1], w // self.heads
        scale = d ** -0.25
        q = (self.query(x) * scale).view(b, t, self.heads, d).transpose(1, 2)
        k = (self.key(source) * scale).view(b, s, self.heads, d).permute(0, 2, 3, 1)
        v = self.value(source).view(b, s, self.heads, d).transpose(1, 2)
        if not tell and hasattr(F, "scaled_dot_product_attention"):
            q, k, v = (y.to(v.dtype) for y in (q, k.transpose(2, 3), v))
            return self.out(F.scaled_dot_product_attention(q, k, v, is_causal=mask is not None, scale=1.0).transpose(1, 2).reshape(b, t, w)), None
        scores = q @ k
        if mask is not None:
            scores = scores + mask[:t, :t].to(scores.dtype)
        attention = F.softmax(scores, -1)
        return self.out((attention.to(v.dtype) @ v).transpose(1, 2).reshape(b, t, w)), attention


class Block(nn.Module):
    """A transformer layer; with `cross`, it also attends to the encoder."""

    def __init__(self, size, cross):
        """Layers under the names of Whisper's tensors."""
        super().__init__()
        w = size.width
        self.attn, self.attn_ln = Attention(size), nn.LayerNorm(w)
        self.cross_attn, self.cross_attn_ln = (Attention(size), nn.LayerNorm(w)) if cross else (None, None)
        self.mlp, self.mlp_ln = nn.Sequential(nn.Linear(w, 4 * w), nn.GELU(), nn.Linear(4 * w, w)), nn.LayerNorm(w)

    def forward(self, x, source=None, mask=None, tell=True):
        """→ output, cross attention or None."""
        x, attention = x + self.attn(self.attn_ln(x), mask=mask, tell=False)[0], None
        if self.cross_attn is not None:
            seen, attention = self.cross_attn(self.cross_attn_ln(x), source, tell=tell)
            x = x + seen
        return x + self.mlp(self.mlp_ln(x)), attention


def wave_rates():
    """Radians a frame of the waves of the place code, sharp to slow."""
    return torch.exp(torch.linspace(math.log(FASTEST), math.log(SLOWEST), CODE // 2))


def place_code(length):
    """(length, CODE): waves from sharp to slow, so that attention can ask for "three frames later" from the first step on."""
    angle = torch.arange(length)[:, None] * wave_rates()[None]
    return torch.cat([torch.sin(angle), torch.cos(angle)], 1)


def balance(norm, content, amplitude, code):
    """Sets a layer norm so that contents of this standard deviation and the place code of this amplitude both leave it near one."""
    w = norm.weight.shape[0]
    total = math.sqrt(((w - CODE) * content ** 2 + CODE / 2 * amplitude ** 2) / w)
    with torch.no_grad():
        norm.weight.fill_(total / content)
        norm.weight[code:code + CODE] = total / amplitude


LOUD = 10.0  # amplitude of the place code in the encoder: contents grow in training and must not drown it
NEAR = [(-3, -2, -1, 1, 2, 3, -6, 6), (-4, -2, -1, 1, 2, 4, -8, 8), (-6, -3, -1, 1, 3, 6, -12, 12), (-8, -4, -2, 2, 4, 8, -16, 16),
        (-12, -6, -3, 3, 6, 12, -24, 24), (-16, -8, -4, 4, 8, 16, -32, 32)]  # where each head of each encoder layer looks first, in frames


class Encoder(nn.Module):
    """Log-mel features → one vector per 20 ms. Its heads begin as the taps of a dilated convolution and its last `CODE` dimensions only carry
    the place, so that what is near in time is near from the first step: a transformer from nothing spends most of its training on that."""

    def __init__(self, size):
        """Two convolutions, fixed positions, transformer layers."""
        super().__init__()
        w = size.width
        self.phone_layer, self.code = size.phone_layer, w - CODE
        self.conv1, self.conv2 = nn.Conv1d(MELS, w, 3, padding=1), nn.Conv1d(w, w, 3, stride=2, padding=1)
        self.register_buffer("positional_embedding", F.pad(place_code(POSITIONS) * LOUD, (w - CODE, 0)))
        self.blocks, self.ln_post = nn.ModuleList([Block(size, False) for _ in range(size.encoder_layers)]), nn.LayerNorm(w)
        for i, block in enumerate(self.blocks):
            block.attn.look_at(NEAR[i % len(NEAR)], [1] * 6 + [0.5] * 2, self.code)
            balance(block.attn_ln, 0.5 + 0.2 * i, LOUD, self.code), balance(block.mlp_ln, 0.6 + 0.2 * i, LOUD, self.code)
            with torch.no_grad():  # contents do not depend on the place
                block.attn.value.weight[:, self.code:] = 0
                block.mlp[0].weight[:, self.code:] = 0
        balance(self.ln_post, 1.6, LOUD, self.code)
        for conv in (self.conv1, self.conv2):
            nn.init.kaiming_normal_(conv.weight)
        with torch.no_grad():
            for p in self.into_code():
                p[self.code:] = 0

    def into_code(self):
        """Everything that writes into the residual stream, by output dimension."""
        yield from (self.conv2.weight, self.conv2.bias)
        for block in self.blocks:
            yield from (block.attn.out.weight, block.attn.out.bias, block.mlp[2].weight, block.mlp[2].bias)

    def keep_code(self):
        """Training leaves the place code alone. To be called in the process that trains."""
        for p in self.into_code():
            keep = torch.ones_like(p)
            keep[self.code:] = 0
            p.register_hook(lambda g, keep=keep: g * keep)

    def lower(self, mel, first_position=0):
        """(batch, 80, 2n) log-mel → (batch, n, width) after the phone layer, as if the window began at `first_position` of the 1,500."""
        with torch.autocast(mel.device.type, enabled=False):
            x = gelu(self.conv2(gelu(self.conv1(mel.float())))).transpose(1, 2).contiguous()
        x = x + self.positional_embedding[first_position:first_position + x.shape[1]]
        for block in self.blocks[:self.phone_layer]:
            x = block(x)[0]
        return x

    def upper(self, x):
        """From the phone layer to the encoder's output."""
        for block in self.blocks[self.phone_layer:]:
            x = block(x)[0]
        return self.ln_post(x)

    def forward(self, mel, first_position=0):
        """→ the encoder's output, the phone layer's output."""
        middle = self.lower(mel, first_position)
        return self.upper(middle), middle


class TokenRows(nn.Module):
    """The embedding rows of the used tokens, from fewer parameters (see above)."""

    def __init__(self, width, tokens):
        """`tokens` is a data.Tokens."""
        super().__init__()
        self.base = nn.Parameter(torch.randn(tokens.bases, width) * 0.15)
        self.capital, self.time_base = nn.Parameter(torch.zeros(width)), nn.Parameter(torch.zeros(width))
        self.time = nn.Parameter(F.pad(torch.eye(CODE), (width - CODE, 0)))
        self.register_buffer("base_of", tokens.base_of)
        self.register_buffer("is_capital", tokens.is_capital[:, None].float())
        self.register_buffer("places", place_code(POSITIONS + 1))
        with torch.no_grad():
            self.base[:, width - 2 * CODE:] *= 0.1  # there the steps and the places are told
            self.time_base[FLAG] = 1.5

    def forward(self):
        """→ (used tokens, width): text and special rows, then the timestamps."""
        return torch.cat([self.base[self.base_of] + self.is_capital * self.capital, self.places @ self.time + self.time_base])


FLAG = 0  # the dimension by which a timestamp is told from text at first
INTO = (2, 5, 9, 14, 20, 28, -4, 0)  # where the heads of the lower decoder layers look first: frames after the last timestamp


class Decoder(nn.Module):
    """Tokens so far → the next one, attending to the encoder."""

    def __init__(self, size, tokens):
        """Layers under the names of Whisper's tensors; `rows` is expanded when written."""
        super().__init__()
        w = size.width
        self.register_buffer("used", tokens.ids)
        self.rows = TokenRows(w, tokens)
        self.positional_embedding = nn.Parameter(torch.randn(TEXT_POSITIONS, w) * 0.01)
        self.blocks, self.ln = nn.ModuleList([Block(size, True) for _ in range(size.decoder_layers)]), nn.LayerNorm(w)
        self.register_buffer("mask", torch.full((TEXT_POSITIONS, TEXT_POSITIONS), -1e9).triu(1))
        code, step = w - CODE, w - 2 * CODE
        with torch.no_grad():
            self.positional_embedding[:, step:code] += place_code(TEXT_POSITIONS) * 0.7
            for i, block in enumerate(self.blocks):
                last = i == len(self.blocks) - 1
                block.attn.look_at((-1, -2, -3, -4, 0, None, None, None), (1, 1, 1, 1, 0.4, 0, 0, 0), step)
                block.cross_attn.look_at((4, 4, 6, 6, 8, 8, 10, 14) if last else INTO, [0.3] * 8 if last else [0.6] * 8, code, code)
                self._find_time(block.attn, code)

    def _find_time(self, attention, code, head=4):
        """Head 4 attends to the latest timestamp and adds its place to the stream: text then knows where it is heard."""
        d = attention.query.weight.shape[0] // attention.heads
        at = head * d
        slow = at + CODE // 2 - 1  # the slowest wave's slot tells timestamps from text instead
        for p in (attention.query.weight, attention.key.weight):
            p[slow] = 0
        attention.query.bias[slow], attention.key.weight[slow, FLAG] = 10.0, 4.0
        attention.value.weight[at:at + d] = 0
        attention.value.weight[at:at + CODE, code:code + CODE] = torch.eye(CODE)
        attention.out.weight[code:, :] *= 0.1
        attention.out.weight[code:code + CODE, at:at + CODE] = 0.4 * torch.eye(CODE)

    def forward(self, tokens, source, rows=None):
        """Columns of `used` → logits over them and one more class (all unused tokens, whose logit is 0 each), cross attentions (the last layer's)."""
        rows = self.rows() if rows is None else rows
        x = F.embedding(tokens, rows) + self.positional_embedding[:tokens.shape[1]]
        for block in self.blocks:
            x, attention = block(x, source, self.mask, tell=block is self.blocks[-1])
        logits = self.ln(x) @ rows.t()
        return torch.cat([logits, torch.full_like(logits[..., :1], math.log(VOCABULARY - len(self.used)))], -1), attention


class Whisper(nn.Module):
    """Encoder, decoder and the helpers of training, which name what every 20 ms frame holds."""

    def __init__(self, size, tokens, phones):
        """The helpers share the decoder's token rows: the encoder's output already speaks the decoder's language."""
        super().__init__()
        w = size.width
        self.size = size
        self.encoder, self.decoder = Encoder(size), Decoder(size, tokens)
        self.phone_ln, self.phones = nn.LayerNorm(w), nn.Linear(w, phones)
        self.token, self.edges = nn.Linear(w, w), nn.Linear(w, 2)  # the token of a frame; whether a word begins or ends there
        self.pause = nn.Parameter(torch.zeros(1, w))  # the class "no token here"
        last = self.decoder.blocks[-1].cross_attn
        with torch.no_grad():  # begin by copying what the frame says, and its place
            self.token.weight[:, w - CODE:] = 0
            last.out.weight.copy_(torch.eye(w))
            last.value.weight.copy_(self.token.weight)
            last.value.weight[w - CODE:] = 0
            last.value.weight[w - CODE:, w - CODE:] = torch.eye(CODE)

    def base_logits(self, features):
        """Frame features → logits over the base tokens and `pause`."""
        return self.token(features) @ torch.cat([self.decoder.rows.base, self.pause]).t()


def save_checkpoint(model, path):
    """The weights in half precision; the file appears whole or not at all."""
    torch.save({"size": asdict(model.size), "model": {k: v.half() if v.is_floating_point() else v for k, v in model.state_dict().items()
                                                      if k != "decoder.mask"}}, path + ".new")
    os.replace(path + ".new", path)


def save(model, path, filters, vocabulary):
    """Checkpoint and ggml file; each appears whole or not at all."""
    save_checkpoint(model, path + ".pt")
    write_ggml(model, path + ".bin.new", filters, vocabulary)
    os.replace(path + ".bin.new", path + ".bin")


def load(path, tokens, phones, size=None):
    """A saved model, whatever of it fits `size`; token rows only fit a model of the same token list. More layers than it had begin by doing nothing, before
    the decoder's last and after the encoder's."""
    saved = torch.load(path, map_location="cpu")
    had = Size(**saved["size"])
    model = Whisper(size or had, tokens, phones)
    state, mine = saved["model"], model.state_dict()
    last, now = had.decoder_layers - 1, model.size.decoder_layers - 1
    state = {name.replace(f"decoder.blocks.{last}.", f"decoder.blocks.{now}."): value for name, value in state.items()}
    for name in mine:
        if re.match(r"(encoder|decoder)\.blocks\..*(attn\.out|mlp\.2)\.", name) and name not in state:
            mine[name].zero_()
    for name, value in state.items():
        if name in mine and name != "decoder.rows.base_of" and mine[name].shape == value.shape:
            mine[name] = value.to(mine[name].dtype)
    model.load_state_dict(mine)
    return model


def read_header(path):
    """Mel filters (80, 201) and the vocabulary (bytes of each text token), as every English ggml Whisper file begins."""
    data, at = open(path, "rb").read(), 4 + 44
    rows, columns = struct.unpack_from("ii", data, at)
    at += 8
    filters = np.frombuffer(data, np.float32, rows * columns, at).reshape(rows, columns).copy()
    at += 4 * rows * columns
    count, = struct.unpack_from("i", data, at)
    at += 4
    vocabulary = []
    for _ in range(count):
        length, = struct.unpack_from("i", data, at)
        vocabulary.append(data[at + 4:at + 4 + length])
        at += 4 + length
    return filters, vocabulary


def write_ggml(model, path, filters, vocabulary):
    """The model as whisper.cpp reads it, 16-bit."""
    s = model.size
    tensors = {k: v.detach().float().cpu().numpy() for k, v in model.state_dict().items()
               if k.startswith(("encoder.", "decoder.")) and not k.startswith("decoder.rows.") and k not in ("decoder.used", "decoder.mask")}
    embedding = np.zeros((VOCABULARY, s.width), np.float32)
    embedding[model.decoder.used.cpu().numpy()] = model.decoder.rows().detach().float().cpu().numpy()
    tensors["decoder.token_embedding.weight"] = embedding
    with open(path, "wb") as f:
        f.write(struct.pack("12i", 0x67676D6C, VOCABULARY, POSITIONS, s.width, s.heads, s.encoder_layers, TEXT_POSITIONS, s.width, s.heads, s.decoder_layers, MELS, 1))
        f.write(struct.pack("ii", *filters.shape) + filters.astype(np.float32).tobytes() + struct.pack("i", len(vocabulary)))
        for token in vocabulary:
            f.write(struct.pack("i", len(token)) + token)
        for name, value in tensors.items():
            bias = name in ("encoder.conv1.bias", "encoder.conv2.bias")
            value = value.reshape(-1, 1) if bias else value
            full = value.ndim < 2 or bias or "positional_embedding" in name  # these stay 32-bit in whisper.cpp
            f.write(struct.pack("iii", value.ndim, len(name), 0 if full else 1) + struct.pack(f"{value.ndim}i", *value.shape[::-1]))
            f.write(name.encode() + value.astype(np.float32 if full else np.float16).tobytes())
