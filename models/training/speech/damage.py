"""What a phone line does to speech, for whole batches at once on the card; and Whisper's features with the vocal tract and the line varied.
(batch, samples) at 16 kHz; every random draw is made where the tensors are."""
import math

import numpy as np
import torch

from data import FRAME
from voices import RATE

SPEECH = 20 * math.log10(2250 / 32768)  # decibels of speech below full scale, as chunks.py stores it
WARPS = np.linspace(0.86, 1.16, 16)  # of the frequency axis


def evenly(low, high, count, device):
    """Random numbers, one a window."""
    return low + (high - low) * torch.rand(count, 1, device=device)


def some(share, count, device):
    """True for a share of the windows."""
    return torch.rand(count, 1, device=device) < share


def coloured(count, length, device):
    """Noise of unit level: white, or falling or rising with frequency; a third with mains hum."""
    spectrum = torch.fft.rfft(torch.randn(count, length, device=device))
    frequency = torch.linspace(1 / spectrum.shape[1], 1, spectrum.shape[1], device=device)
    slope = torch.where(some(0.3, count, device), torch.zeros((), device=device), evenly(-1.2, 0.8, count, device))
    x = torch.fft.irfft(spectrum * frequency[None].clamp(min=0.005) ** slope, length)
    x = x / (x.square().mean(1, keepdim=True).sqrt() + 1e-6)
    time = torch.arange(length, device=device)[None] * (2 * math.pi / RATE)
    mains = torch.where(some(0.5, count, device), torch.full((), 50.0, device=device), torch.full((), 60.0, device=device))
    hum = sum(torch.sin(time * mains * k) for k in (1, 2, 3, 5))
    return torch.where(some(0.3, count, device), 0.5 * x + 0.4 * hum, x)


def filtered(x):
    """Handsets and lines: half of the windows end at 3.4 to 4 kHz, half of them are tilted and rippled by up to 8 decibels."""
    count, device = len(x), x.device
    spectrum = torch.fft.rfft(x)
    place = torch.linspace(0, 1, spectrum.shape[1], device=device)[None]  # of 8 kHz
    gain = evenly(-8, 8, count, device) * (place - 0.2)
    for waves in (2, 5, 9):
        gain = gain + evenly(-2.5, 2.5, count, device) * torch.sin(2 * math.pi * (waves * place + evenly(0, 1, count, device)))
    gain = torch.where(some(0.5, count, device), gain, torch.zeros((), device=device))
    edge = evenly(0.42, 0.5, count, device)
    gain = gain - torch.where(some(0.5, count, device) & (place > edge), ((place - edge) * 4000).clamp(max=90), torch.zeros((), device=device))
    gain = gain - torch.where(some(0.3, count, device) & (place < 0.0375), (0.0375 - place) * 800, torch.zeros((), device=device))
    return torch.fft.irfft(spectrum * 10 ** (gain / 20), x.shape[1])


def companded(x):
    """µ-law and back."""
    y = x.clamp(-1, 1)
    y = torch.round(torch.sign(y) * torch.log1p(255 * y.abs()) / math.log(256) * 127) / 127
    return torch.sign(y) * (torch.exp(y.abs() * math.log(256)) - 1) / 255


def spoiled(x, other, silent, ends):
    """Speech and what is heard besides it (0 where nothing is) → the line. `silent`: windows in which nobody speaks; `ends`: frames after which the
    line is dead."""
    count, length, device = len(x), x.shape[1], x.device
    zero, silent = torch.zeros((), device=device), silent[:, None]
    x = x + other
    level = torch.where(silent, evenly(-75, -25, count, device), SPEECH - evenly(10, 50, count, device))
    noisy = some(0.6, count, device) | (silent & some(0.7, count, device))
    x = x + torch.where(noisy, 10 ** (level / 20), zero) * coloured(count, length, device)
    x = filtered(x)
    frames = x.view(count, -1, FRAME)
    lost = (torch.rand(count, frames.shape[1], device=device) < evenly(0.003, 0.03, count, device)) & some(0.15, count, device)
    again = some(0.5, count, device)[..., None] * frames.roll(1, 1)
    x = torch.where(lost[..., None], again, frames).reshape(count, length)
    x = x * 10 ** (evenly(-20, 8, count, device) / 20)
    x = torch.where(some(0.35, count, device), companded(x), x).clamp(-1, 1)
    return x * (torch.arange(length, device=device)[None] < ends[:, None] * FRAME)


class WarpedMel:
    """Whisper's log-mel features, half of the windows with their frequencies stretched: longer and shorter vocal tracts."""

    def __init__(self, filters, device):
        """`filters`: the mel bank of the ggml header, (80, 201)."""
        bins = np.arange(filters.shape[1])
        banks = [filters] + [np.stack([np.interp(bins / w, bins, f, right=0) / w for f in filters]) for w in WARPS]
        self.banks = torch.tensor(np.stack(banks).astype(np.float32), device=device)
        self.hann = torch.hann_window(400, device=device)

    def __call__(self, x, varied=True):
        """(batch, samples) → (batch, 80, frames); `varied`: stretched, and a random louder part of the file elsewhere."""
        count, device = len(x), x.device
        padded = torch.nn.functional.pad(x[:, None], (200, 200), mode="reflect")[:, 0]
        power = torch.view_as_real(torch.stft(padded, 400, 160, window=self.hann, center=False, return_complex=True)).square().sum(-1)
        power = power[..., :x.shape[1] // 160]
        bank = torch.randint(-len(WARPS), len(self.banks), (count,), device=device).clamp(min=0) if varied else torch.zeros(count, dtype=torch.long, device=device)
        mel = torch.clamp(self.banks[bank] @ power, min=1e-10).log10()
        most = mel.amax((1, 2), keepdim=True)
        if varied:  # whisper.cpp looks at the whole file
            most = most + evenly(-1.5, 1.5, count, device)[..., None].clamp(min=0)
        return (torch.maximum(mel, most - 8) + 4) / 4


def masked(mel, share=0.4, widest=12, longest=25):
    """SpecAugment: in a share of the windows two bands of mels and a stretch of time a second and a half become the window's mean."""
    count, bands, frames = mel.shape
    device = mel.device
    hidden = torch.zeros_like(mel, dtype=torch.bool)
    for size, most, repeats in ((bands, widest, 2), (frames, longest, max(1, frames // 150))):
        place = torch.arange(size, device=device)[None]
        for _ in range(repeats):
            width = torch.randint(0, most, (count, 1), device=device)
            begin = (torch.rand(count, 1, device=device) * (size - width)).long()
            part = (place >= begin) & (place < begin + width) & some(share, count, device)
            hidden |= part[:, :, None] if size == bands else part[:, None, :]
    return torch.where(hidden, mel.mean((1, 2), keepdim=True), mel)
