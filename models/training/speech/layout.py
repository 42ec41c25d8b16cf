"""Training windows as lists of frame numbers: which frame of the pool stands in each frame of a window, and what the decoder reads and says.
The rules are those of data.Windows and data.sequence; the samples stay on the card."""
import os
import time
from dataclasses import dataclass

import numpy as np

from chunks import START, STOP, read_chunk
from data import FRAME, GRID
from voices import IGNORE
from whisper_model import EOT, FIRST_TIMESTAMP, NO_SPEECH, NO_TIMESTAMPS, POSITIONS, PREVIOUS, SOT

NOBODY = 0.06  # share of windows in which nobody speaks
MOST = 220  # tokens: whisper.cpp decodes no more


@dataclass
class Batch:
    """Windows of one length that stand at `position`. Frames of the pool, −1 for none: `source` and, softer by `softer` decibels, `other`. `ends`: frames after
    which the line is dead. `silent`: nobody speaks. What the decoder reads and says, as data.pad has it: `inputs`, `targets`, `begin`, `end`."""
    position: int
    source: np.ndarray
    other: np.ndarray
    softer: np.ndarray
    ends: np.ndarray
    silent: np.ndarray
    inputs: np.ndarray
    targets: np.ndarray
    begin: np.ndarray
    end: np.ndarray


class Layouts:
    """Draws batches from the chunks of a pool that grows."""

    def __init__(self, tokens, a, seed):
        """`a`: arguments of card.py."""
        self.tokens, self.a, self.rng = tokens, a, np.random.default_rng(seed)
        self.column = tokens.column
        self.stamp0, self.texts = tokens.column[FIRST_TIMESTAMP], tokens.text
        mix = [part.split(":") for part in a.mix.split(",")]
        self.lengths, share = [int(s) for s, _ in mix], np.array([float(w) for _, w in mix])
        self.share = share / share.sum()
        self.chunks, self.sounds, self.read = [], None, 0

    def refresh(self):
        """Reads what was added to the pool: lines "NAME OFFSET" of pool.txt."""
        path = os.path.join(self.a.folder, "pool.txt")
        lines = open(path).read().split("\n")[:-1] if os.path.exists(path) else []
        for line in lines[self.read:]:
            name, offset = line.split()
            chunk = read_chunk(os.path.join(self.a.folder, name + ".npz"))
            if name == "sounds":
                self.sounds = (int(offset), chunk)
            else:
                self.chunks.append((int(offset), chunk))
        self.read = len(lines)
        return bool(self.chunks) and self.sounds is not None

    def speech(self):
        """→ offset in the pool, chunk, utterance."""
        offset, chunk = self.chunks[int(self.rng.integers(len(self.chunks)))]
        return offset, chunk, int(self.rng.integers(len(chunk.first)))

    def stretch(self, count, from_speech):
        """→ `count` or fewer frames of somebody else speaking, or of a sound."""
        offset, chunk, u = self.speech() if from_speech else (*self.sounds, int(self.rng.integers(len(self.sounds[1].first))))
        return offset + chunk.first[u] + np.arange(min(count, chunk.length[u] // FRAME))

    def window(self, row, seconds, position):
        """Fills one row of the batch. → what is said, and in which frames."""
        rng, frames = self.rng, seconds * 50
        source, other, softer = row
        if rng.random() < NOBODY:
            if rng.random() < 0.5:
                sound = self.stretch(frames, False)
                at, level = int(rng.integers(0, frames - len(sound) + 1)) if len(sound) < frames else 0, rng.uniform(-17, 11)
                other[at:at + len(sound)], softer[at:at + len(sound)] = sound, level
            return None, frames
        cut, gaps, end, parts = rng.random() < (0.35 if seconds > 8 else 0.8), [], 0, []
        at = int((rng.uniform(0, 0.7) if rng.random() < 0.85 or seconds < 8 else rng.uniform(0.7, seconds / 3)) * 50)
        full = rng.uniform(0.3, 1.0) * frames if seconds > 12 and rng.random() < 0.5 else frames
        packed = rng.random() < 0.6
        wide = not packed and rng.random() < 0.3
        if packed:
            at = int(rng.uniform(0, 0.2) * 50)
        stop = 0.15 if seconds < 12 else 0.02
        for _ in range(60):
            offset, chunk, u = self.speech()
            length = -(-int(chunk.length[u]) // FRAME)
            over = at + length > frames
            if (over and not (cut and frames - at > 20)) or (parts and at + length > full):
                if parts:
                    break
                continue
            count = min(frames - at, int(chunk.first[u + 1] - chunk.first[u]) if u + 1 < len(chunk.first) else length)
            source[at:at + count] = offset + chunk.first[u] + np.arange(count)
            parts.append((at, chunk, u))
            end = min(frames, at + length)
            if over or rng.random() < stop:
                break
            gap = rng.uniform(0, 0.35) if packed else rng.uniform(0.15, 1.2) if not wide or rng.random() < 0.5 else rng.uniform(1.2, 6)
            at = end + int(gap * 50)
            gaps.append((end, at))
        if not parts:
            source[:] = -1
            return self.window(row, seconds, position)
        if rng.random() < 0.25:  # the other side bleeds through
            voice = self.stretch(end, True)
            at = int(rng.integers(0, max(1, end - len(voice))))
            other[at:at + len(voice)], softer[at:at + len(voice)] = voice, -rng.uniform(22, 45)
        for a, b in gaps:
            b = min(b, frames)
            if b - a > 50 and rng.random() < 0.2:
                sound = self.stretch(b - a - 10, False)
                other[a + 10:a + 10 + len(sound)], softer[a + 10:a + 10 + len(sound)] = sound, -rng.uniform(0, 25)
        return parts, frames if rng.random() < 0.5 else min(frames, end + int(rng.uniform(0, 2) * 50))

    def said(self, parts, frames, position):
        """→ columns from SOT to EOT, and the frames in which each but the first is heard (none: until 0)."""
        rng, column = self.rng, self.column
        stamped = rng.random() >= self.a.unstamped
        stamp = lambda frame: self.stamp0 + np.minimum(1500, np.round((position + frame) / GRID).astype(int) * GRID)
        said, heard, until = [], [], []
        for at, chunk, u in parts or []:
            begin, end = chunk.word[u], chunk.word[u + 1]
            starts, ends = chunk.begin[begin:end] + at, chunk.end[begin:end] + at
            late, over = starts >= frames - 2, ends > frames
            stop = int(np.argmax(late | over)) if (late | over).any() else len(starts)
            last = chunk.item[u + 1] if begin + stop == end else chunk.at[begin + stop]
            part = slice(chunk.item[u], last)
            s, h, e = chunk.said[part], chunk.heard[part] + at, chunk.until[part] + at
            times = s < 0
            if stamped:
                s = np.where(s == START, stamp(h), np.where(s == STOP, stamp(np.minimum(h + 3, frames)), s))
                if not said and len(s) and not position and h[0] > 50:
                    s[0], e[0] = self.stamp0, 0  # whisper.cpp takes no first timestamp beyond one second
            else:
                s, h, e = s[~times], h[~times], e[~times]
            said.append(s), heard.append(h), until.append(e)
            if stop < len(starts):
                if stamped and not late[stop]:  # cut off: begun, and no more
                    said.append([int(stamp(starts[stop]))]), heard.append([starts[stop]]), until.append([starts[stop] + 4])
                break
        head = [column[SOT]] if stamped else [column[SOT], column[NO_TIMESTAMPS]]
        begun = bool(said)
        tail = [column[EOT]] if begun or not stamped else [self.stamp0, column[EOT]]
        known = len(head) - 1
        said = np.concatenate([head, *said, tail]).astype(np.int64)
        none, blank = np.zeros(known, np.int64), np.zeros(len(tail), np.int64)
        heard, until = np.concatenate([none, *heard, blank]).astype(np.int64), np.concatenate([none, *until, blank]).astype(np.int64)
        inputs, targets = said[:-1].copy(), said[1:].copy()
        if not begun:
            if stamped and rng.random() < 0.75:
                targets[0] = column[NO_SPEECH]
            if not stamped:
                targets[-1] = column[NO_SPEECH]
        targets[:known] = IGNORE
        if rng.random() < self.a.prompts:
            count = int(rng.integers(1, 60))
            inputs = np.concatenate([[column[PREVIOUS]], rng.integers(0, self.texts, count), inputs])
            targets = np.concatenate([np.full(count + 1, IGNORE), targets])
            heard, until = (np.concatenate([np.zeros(count + 1, np.int64), x]) for x in (heard, until))
        return inputs, targets, heard, until

    def batch(self):
        """→ Batch."""
        rng = self.rng
        seconds = self.lengths[rng.choice(len(self.share), p=self.share)]
        count, frames = max(1, round(self.a.batch_seconds / seconds)), seconds * 50
        last = POSITIONS - frames
        position = int(rng.integers(0, last + 1)) if last and rng.random() < 0.4 else 0
        source, other, softer = (np.full((count, frames), fill, kind) for fill, kind in ((-1, np.int32), (-1, np.int32), (0, np.float32)))
        ends, silent, sequences = np.zeros(count, np.int32), np.zeros(count, bool), []
        for k in range(count):
            parts, ends[k] = self.window((source[k], other[k], softer[k]), seconds, position)
            silent[k] = parts is None
            sequences.append(self.said(parts, frames, position))
        longest = min(MOST, -(-max(len(s[0]) for s in sequences) // 8) * 8)
        out = [np.full((count, longest), fill, np.int64) for fill in (0, IGNORE, 0, 0)]
        for k, arrays in enumerate(sequences):
            for array, values in zip(out, arrays):
                array[k, :min(longest, len(values))] = values[:longest]
        wrong = (rng.random(out[0].shape) < self.a.wrong_history) & (out[0] < self.texts)
        out[0][wrong] = rng.integers(0, self.texts, wrong.sum())
        return Batch(position, source, other, softer, ends, silent, *out)


def lay_out(tokens, a, seed, queue):
    """Puts batches into the queue for ever."""
    layouts, looked = Layouts(tokens, a, seed), 0
    while not layouts.refresh():
        time.sleep(0.2)
    while True:
        if time.time() - looked > 2:
            layouts.refresh()
            looked = time.time()
        queue.put(layouts.batch())
