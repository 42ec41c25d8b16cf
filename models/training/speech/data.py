"""Speech sets → training windows: utterances and silences laid one after another, telephone damage, and for every 20 ms frame and every
token what training wants to know: phone, token, edges of words, and which frames a token is heard in. Every word is a segment of its own:
its timestamps tell the decoder where to listen next, which it would otherwise have to count out."""
import json
import re
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from scipy.signal import resample_poly

from lines import companded
from tokens import split_words
from voices import IGNORE, RATE
from whisper_model import EOT, FIRST_TIMESTAMP, NO_SPEECH, NO_TIMESTAMPS, PREVIOUS, SOT

FRAME = 320  # samples of one encoder frame, 20 ms
GRID = 2  # frames: timestamps are multiples of 40 ms, finer than word edges are known
TOGETHER = 5  # frames: words nearer than this touch
MARK = 6  # frames after a word in which its punctuation is "heard"
LINES = (None, "g711", "gsm", "opus")  # how a window's speech travelled


WORDS_ONLY = re.compile(r"([A-Za-z][A-Za-z']*[,.?]?( |$))+")  # texts whose tokens are all known


class Labels:
    """What the frames of an utterance hold, from the synthesiser's times."""

    def __init__(self, tokens):
        """`tokens` splits the words."""
        self.tokens = tokens

    def phones(self, length, phones):
        """Samples, [(start ms, phone)] → phone of each frame."""
        labels = np.zeros(length // FRAME + 1, np.int64)
        for k, (ms, phone) in enumerate(phones):
            end = phones[k + 1][0] if k + 1 < len(phones) else length / 16
            labels[round(ms / 20):max(round(ms / 20) + 1, round(end / 20))] = phone
        return labels

    def words(self, text, words):
        """→ [(text, [(column, first frame, end frame)])] of each word. A word's pieces share its frames by letters; punctuation is heard
        just after it."""
        out = []
        split = split_words(text)
        for i, (word, (begin, end)) in enumerate(zip(split, words)):
            columns = self.tokens(word)
            core = word.rstrip(".,?")
            marks = len(word) - len(core)
            first, last = round(begin / 20), max(round(begin / 20) + len(columns), round(end / 20))
            after = round(words[i + 1][0] / 20) if i + 1 < len(words) else last + MARK
            weights = np.cumsum([0] + [len(self.tokens_text(c)) for c in columns[:len(columns) - marks]])
            edges = first + np.round((last - first) * weights / weights[-1]).astype(int)
            spans = [(c, a, max(a + 1, b)) for c, a, b in zip(columns, edges, edges[1:])]
            spans += [(c, last, max(last + 1, min(after, last + MARK))) for c in columns[len(columns) - marks:]]
            out.append((word, spans))
        return out

    def tokens_text(self, column):
        """A token's letters."""
        return self.tokens.vocabulary[int(self.tokens.ids[column])].strip()


class SpeechSet(Labels):
    """A set of synthesize.py: audio by line, and the labels of its utterances."""

    def __init__(self, name, tokens):
        """`tokens` splits the words."""
        super().__init__(tokens)
        index = json.load(open(name + ".json"))
        self.name, self.audio = name, {}
        self.index = [entry for entry in index if WORDS_ONLY.fullmatch(entry[3])]

    def __len__(self):
        """Number of utterances."""
        return len(self.index)

    def __getitem__(self, at):
        """(utterance, line) → samples, phone of each frame, [(text, [(column, first frame, end frame)])] of each word."""
        i, line = at
        if line not in self.audio:  # opened in the process that reads it
            self.audio[line] = np.memmap(f"{self.name}.{line}.i16" if line else f"{self.name}.i16", np.int16, "r")
        offset, length, _, text, phones, words = self.index[i]
        return self.audio[line][offset:offset + length].astype(np.float32) / 32768, self.phones(length, phones), self.words(text, words)


@dataclass
class Window:
    """One training example."""
    samples: np.ndarray
    phones: np.ndarray  # per frame
    token: np.ndarray  # base row heard in the frame; `bases` = none
    edges: np.ndarray  # per frame: a word begins, a word ends (within a frame)
    words: list = field(default_factory=list)  # (first frame, end frame, text or None when cut off, [(column, first, end)])


def tone(seconds, frequencies):
    """A steady chord of sines."""
    t = np.arange(int(seconds * RATE)) / RATE
    return sum(np.sin(2 * np.pi * f * t) for f in frequencies).astype(np.float32)


def music(rng, seconds):
    """Hold music: chords and a melody with plucked envelopes, an octave of its own, nothing sung."""
    n, beat = int(seconds * RATE), rng.uniform(0.2, 0.6)
    x, root = np.zeros(n, np.float32), rng.uniform(110, 330)
    decay, bright = rng.uniform(1, 8), rng.integers(1, 6)
    for k in range(int(seconds / beat)):
        at = int(k * beat * RATE)
        length = min(n - at, int(beat * rng.integers(1, 4) * RATE))
        t = np.arange(length) / RATE
        for step in rng.choice([0, 2, 4, 5, 7, 9, 11, 12, 16], size=3 if k % 4 == 0 else 1):
            for h in range(1, bright + 1):
                x[at:at + length] += np.sin(2 * np.pi * root * 2 ** (step / 12) * h * t) * np.exp(-decay * t) / h
    return x


def signal(rng, seconds):
    """Beeps, dial and ring-back tones, key tones."""
    n, x = int(seconds * RATE), np.zeros(int(seconds * RATE), np.float32)
    kind, at = rng.integers(4), 0
    while at < n:
        frequencies, on, off = [((440, 480), 2.0, 4.0), ((rng.uniform(350, 2000),), 0.2, rng.uniform(0.3, 5)), ((350, 440), 3.0, 0.0),
                                ((rng.choice([697, 770, 852, 941]), rng.choice([1209, 1336, 1477])), 0.15, rng.uniform(0.1, 0.6))][kind]
        part = tone(on, frequencies)[:n - at]
        x[at:at + len(part)] += part
        at += int((on + off) * RATE) + 1
    return x


def noise(rng, n):
    """White, coloured or humming noise of n samples."""
    x = rng.standard_normal(n, np.float32)
    kind = rng.integers(4)
    if kind == 1:  # low
        x = np.convolve(x, np.ones(int(rng.integers(2, 24)), np.float32), "same")
    elif kind == 2:  # high
        x = np.diff(x, append=x[-1:])
    elif kind == 3:
        x = 0.3 * x + tone(n / RATE + 0.001, rng.choice([50, 60]) * np.array([1, 2, 3, 5]))[:n]
    return x


def at_level(x, decibels):
    """`x` at this level below full scale (root mean square)."""
    return x * (10 ** (decibels / 20) / (np.sqrt((x ** 2).mean()) + 1e-9))


class Windows:
    """Endless windows of one length from some sets."""

    def __init__(self, sets, tokens, seconds, damage=True):
        """`damage` off: clean speech without silent windows, for validation."""
        self.sets, self.tokens, self.seconds, self.damage = sets, tokens, seconds, damage
        self.none = tokens.bases
        self.base_of = tokens.base_of.numpy()

    def window(self, rng):
        """A window; with damage, one of sixteen holds no speech at all."""
        n = int(self.seconds * RATE)
        frames = n // FRAME
        w = Window(np.zeros(n, np.float32), np.zeros(frames, np.int64), np.full(frames, self.none), np.zeros((frames, 2), np.float32))
        if self.damage and rng.random() < 0.06:
            w.samples = self.nothing(rng, n)
            return w
        line = LINES[rng.choice(4, p=[0.3, 0.35, 0.15, 0.2])] if self.damage else None
        cut, gaps, end = rng.random() < (0.35 if self.seconds > 8 else 0.8), [], 0
        lead = rng.uniform(0, 0.7) if rng.random() < 0.85 or self.seconds < 8 else rng.uniform(0.7, self.seconds / 3)
        at = int(lead * RATE) // FRAME * FRAME
        full = rng.uniform(0.3, 1.0) * n if self.seconds > 12 and rng.random() < 0.5 else n  # whisper.cpp pads short windows
        packed = rng.random() < 0.5  # as the product packs its windows: what lies between two utterances is cut out
        wide = not packed and rng.random() < 0.3  # the other side speaks between
        if packed:
            at = int(rng.uniform(0, 0.2) * RATE) // FRAME * FRAME
        stop = 0.15 if self.seconds < 12 else 0.02
        for _ in range(60):
            chosen = self.sets[rng.integers(len(self.sets))]
            utterance = chosen[int(rng.integers(len(chosen))), line]
            over = at + len(utterance[0]) > n
            if (over and not (cut and n - at > 0.4 * RATE)) or (w.words and at + len(utterance[0]) > full):
                if w.words:
                    break
                continue
            self.lay(w, utterance, at, over)
            end = min(n, at + len(utterance[0]))
            if over or rng.random() < stop:
                break
            gap = rng.uniform(0, 0.35) if packed else rng.uniform(0.15, 1.2) if not wide or rng.random() < 0.5 else rng.uniform(1.2, 6)
            gaps.append((end, end + int(gap * RATE)))
            at = end + int(gap * RATE)
            at = -(-at // FRAME) * FRAME
        if not w.words:
            return self.window(rng)
        if self.damage:
            self.spoil(w, rng, gaps, n if rng.random() < 0.5 or end == n else min(n, end + int(rng.uniform(0, 2) * RATE)))
        return w

    def lay(self, w, utterance, at, over):
        """Puts an utterance and its labels into a window; when it runs `over` the end, the segment is only begun."""
        samples, phones, words = utterance
        n, frames, first = len(w.samples), len(w.phones), at // FRAME
        w.samples[at:at + len(samples)] = samples[:n - at]
        count = min(len(phones), frames - first)
        w.phones[first:first + count] = phones[:count]
        starts = [first + spans[0][1] for _, spans in words] + [frames + TOGETHER]
        for (text, spans), after in zip(words, starts[1:]):
            spans = [(c, first + a, first + b) for c, a, b in spans]
            begin, end = spans[0][1], max(b for c, _, b in spans if self.tokens.is_sound[c])
            if begin >= frames - 2:
                break
            for column, a, b in spans:
                if self.tokens.is_sound[column]:
                    w.token[a:min(b, frames)] = self.base_of[column]
            w.edges[max(0, begin - 1):begin + 2, 0] = 1
            w.edges[max(0, end - 1):end + 2, 1] = 1
            end = after if 0 <= after - end < TOGETHER else end
            is_cut = end > frames
            w.words.append((begin, min(end, frames), None if is_cut else text, spans))
            if is_cut:
                break

    def nothing(self, rng, n):
        """Silence, noise, music or signals."""
        kind = rng.integers(6)
        if kind == 0:
            return np.zeros(n, np.float32)
        x = at_level(noise(rng, n), rng.uniform(-75, -25))
        if kind >= 3:
            other = (music if kind < 5 else signal)(rng, self.seconds)[:n]
            x[:len(other)] += at_level(other, rng.uniform(-40, -12))
        return line_band(x) if rng.random() < 0.6 else x

    def spoil(self, w, rng, gaps, end):
        """What a phone line does to the first `end` samples: other voices, noise, music in the gaps, lost packets, level, clipping."""
        x = w.samples[:end]
        loud = np.sqrt((x ** 2).sum() / max(1, (w.phones > 0).sum() * FRAME)) + 1e-6
        level = 20 * np.log10(loud)
        if rng.random() < 0.25:  # the other side bleeds through
            chosen = self.sets[rng.integers(len(self.sets))]
            other = chosen[int(rng.integers(len(chosen))), "g711"][0][:end]
            start = int(rng.integers(0, max(1, end - len(other))))
            x[start:start + len(other)] += at_level(other, level - rng.uniform(24, 45))[:end - start]
        for a, b in gaps:
            if b - a > RATE and rng.random() < 0.15:
                b = min(b, end)
                a += RATE // 5
                if b - a > RATE // 2:
                    other = at_level((music if rng.random() < 0.6 else signal)(rng, (b - a) / RATE), level - rng.uniform(0, 25))
                    x[a:a + len(other)] += other[:end - a]
        if rng.random() < 0.6:
            x += at_level(noise(rng, end), level - rng.uniform(12, 50))
        if rng.random() < 0.12:  # lost packets of 20 ms, silent or repeated
            for k in np.flatnonzero(rng.random(end // FRAME) < rng.uniform(0.003, 0.03)):
                x[k * FRAME:(k + 1) * FRAME] = 0 if rng.random() < 0.5 or not k else x[(k - 1) * FRAME:k * FRAME]
        x *= 10 ** (rng.uniform(-20, 8) / 20)
        if rng.random() < 0.2:
            x[:] = companded(x)
        np.clip(x, -1, 1, out=x)


def line_band(x):
    """The band of an 8 kHz line."""
    return resample_poly(resample_poly(x, 1, 2), 2, 1)[:len(x)].astype(np.float32)


class LogMel:
    """Whisper's log-mel features, (batch, samples) → (batch, 80, frames)."""

    def __init__(self, filters):
        """`filters`: the mel bank of the ggml header."""
        self.filters, self.hann = torch.tensor(filters), torch.hann_window(400)

    def __call__(self, x, louder=None):
        """`louder`: how much louder (in the log's units) the rest of the file is than each window: whisper.cpp looks at the whole file."""
        padded = F.pad(x[:, None], (200, 200), mode="reflect")[:, 0]
        power = torch.view_as_real(torch.stft(padded, 400, 160, window=self.hann.to(x.device), center=False, return_complex=True)).square().sum(-1)
        power = power[..., :x.shape[1] // 160]
        mel = torch.clamp(self.filters.to(x.device) @ power, min=1e-10).log10()
        most = mel.amax((1, 2), keepdim=True)
        if louder is not None:
            most = most + louder[:, None, None].to(x.device)
        return (torch.maximum(mel, most - 8) + 4) / 4


def mask_features(mel, rng, widest=12, longest=25):
    """SpecAugment: two bands of mels and two stretches of time per window become its mean."""
    for b in range(len(mel)):
        for _ in range(2):
            f, t = rng.integers(0, widest), rng.integers(0, longest)
            f0, t0 = rng.integers(0, mel.shape[1] - f), rng.integers(0, mel.shape[2] - t)
            mean = mel[b].mean()
            mel[b, f0:f0 + f] = mean
            mel[b, :, t0:t0 + t] = mean
    return mel


@dataclass
class Sequence:
    """What the decoder reads and should say: `inputs[i]` → `targets[i]`, heard in frames `begin[i]` to `end[i]` (none: end 0)."""
    inputs: list
    targets: list
    begin: list
    end: list


def sequence(window, tokens, rng, position=0, stamped=True, prompt=0):
    """The token sequence of a window that stands at `position`; `prompt` random columns of earlier text stand before it."""
    column = tokens.column
    stamp = lambda frame: column[FIRST_TIMESTAMP + min(1500, round((position + frame) / GRID) * GRID)]
    said = [column[SOT]] + ([] if stamped else [column[NO_TIMESTAMPS]])
    known, first = len(said) - 1, True
    begin, end = [0] * known, [0] * known
    for start, stop, text, spans in window.words:
        if stamped:  # whisper.cpp takes no first timestamp beyond one second
            late = first and not position and start > 50
            said.append(column[FIRST_TIMESTAMP] if late else stamp(start))
            begin.append(start), end.append(0 if late else start + 4)
        first = False
        if text is None:
            break
        for c, a, b in spans:
            said.append(c), begin.append(a), end.append(b)
        if stamped:
            said.append(stamp(stop)), begin.append(stop - 3), end.append(stop + 3)
    if not window.words and stamped:
        said.append(column[FIRST_TIMESTAMP]), begin.append(0), end.append(0)
    said.append(column[EOT]), begin.append(0), end.append(0)
    inputs, targets = said[:-1], said[1:]
    if not window.words:
        if stamped and rng.random() < 0.75:
            targets[0] = column[NO_SPEECH]
        if not stamped:
            targets[-1] = column[NO_SPEECH]
    targets[:known] = [IGNORE] * known
    if prompt:
        inputs = [column[PREVIOUS], *rng.integers(0, tokens.text, prompt).tolist()] + inputs
        targets, begin, end = [IGNORE] * (prompt + 1) + targets, [0] * (prompt + 1) + begin, [0] * (prompt + 1) + end
    return Sequence(inputs, targets, begin, end)


def pad(sequences, tokens, rng, wrong_history=0.0):
    """Sequences → inputs, targets, begin, end (batch, longest). A share of the text in the input is replaced by random tokens: the
    decoder must listen, not continue a sentence that it knows."""
    length = max(len(s.inputs) for s in sequences)
    out = [np.full((len(sequences), length), fill) for fill in (0, IGNORE, 0, 0)]
    for b, s in enumerate(sequences):
        for array, values in zip(out, (s.inputs, s.targets, s.begin, s.end)):
            array[b, :len(values)] = values
    wrong = (rng.random(out[0].shape) < wrong_history) & (out[0] < tokens.text)
    out[0][wrong] = rng.integers(0, tokens.text, wrong.sum())
    return [torch.from_numpy(a) for a in out]
