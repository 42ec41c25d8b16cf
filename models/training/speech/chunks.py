"""Chunks of speech for training on a card: utterances laid end to end in whole frames, each with what its frames and its words are, so that a
training window is nothing but a list of frame numbers (layout.py) and the card gathers it (card.py).

A speaking process writes chunk after chunk into a folder until it is told to stop: NAME.i16.npy (audio, which the card takes and
deletes) and NAME.npz (the rest)."""
import os
import random
import time
from dataclasses import dataclass

import numpy as np
from scipy.signal import resample_poly

import data
import text
import timbres
import voices
from lines import through_line
from synthesize import held_out

UNKNOWN = 255  # a frame whose phone is not known
SPILL = 3  # frames after an utterance, into which its last word's edge may reach
START, STOP = -1, -2  # in `said`: a word's timestamps
LINES, SHARES = (None, "g711", "gsm", "opus"), (0.22, 0.3, 0.2, 0.28)
LOUD = 2250  # root mean square of speech and of sounds, 16-bit
MIX = {"flite": 0.27, "stock": 0.3}  # the rest: invented voices


@dataclass
class Chunk:
    """Arrays of one chunk. By frame: `phones`, `token` (base row; bases = none), `edges` (bits). By utterance: `first` frame, `length` in samples,
    `word` and `item` (where its words and items begin; one more at the end). By word: `begin`, `end` (frames of the utterance), `at` (its first item). By
    item (a timestamp or a token): `said` (column, START or STOP), `heard` and `until` (frames)."""
    phones: np.ndarray
    token: np.ndarray
    edges: np.ndarray
    first: np.ndarray
    length: np.ndarray
    word: np.ndarray
    item: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    at: np.ndarray
    said: np.ndarray
    heard: np.ndarray
    until: np.ndarray


def read_chunk(path):
    """NAME.npz → Chunk."""
    with np.load(path) as file:
        return Chunk(**{name: file[name] for name in Chunk.__dataclass_fields__})


class Packer:
    """Utterances → one chunk."""

    def __init__(self, tokens):
        """`tokens` splits the words."""
        self.labels, self.tokens, self.base_of = data.Labels(tokens), tokens, tokens.base_of.numpy()
        self.audio, self.frames, self.lists = [], 0, {name: [] for name in Chunk.__dataclass_fields__}

    def add(self, samples, phones, said):
        """`samples` int16; `phones` of each frame; `said` as Labels.words has it."""
        l, frames, first = self.lists, len(phones) + SPILL, self.frames
        token, edges = np.full(frames, self.tokens.bases, np.int16), np.zeros(frames, np.uint8)
        l["first"].append(first), l["length"].append(len(samples)), l["word"].append(len(l["begin"])), l["item"].append(len(l["said"]))
        starts = [spans[0][1] for _, spans in said] + [1 << 30]
        for (_, spans), after in zip(said, starts[1:]):
            begin, end = spans[0][1], max(b for c, _, b in spans if self.tokens.is_sound[c])
            for column, a, b in spans:
                if self.tokens.is_sound[column]:
                    token[a:b] = self.base_of[column]
            edges[max(0, begin - 1):begin + 2] |= 1
            edges[max(0, end - 1):end + 2] |= 2
            end = after if 0 <= after - end < data.TOGETHER else end
            l["begin"].append(begin), l["end"].append(end), l["at"].append(len(l["said"]))
            for column, a, b in [(START, begin, begin + 4), *spans, (STOP, end - 3, end + 3)]:
                l["said"].append(column), l["heard"].append(a), l["until"].append(b)
        sound = np.zeros(frames * data.FRAME, np.int16)
        sound[:len(samples)] = samples
        self.audio.append(sound)
        l["phones"].append(np.pad(np.where(phones < 0, UNKNOWN, phones), (0, SPILL)).astype(np.uint8)), l["token"].append(token), l["edges"].append(edges)
        self.frames += frames

    def write(self, path):
        """→ PATH.i16.npy, then PATH.npz, which tells that both are whole."""
        l = self.lists
        l["word"].append(len(l["begin"])), l["item"].append(len(l["said"]))
        whole = {name: np.concatenate(l[name]) if name in ("phones", "token", "edges") else np.array(l[name], np.int32) for name in l}
        np.save(path + ".i16.npy", np.concatenate(self.audio))
        np.savez(path + ".new.npz", **whole)
        os.rename(path + ".new.npz", path + ".npz")


def sped(speech, factor):
    """The same speech faster and higher, with shorter formants: a smaller speaker. `factor` in twentieths."""
    down = round(factor * 20)
    samples = np.clip(resample_poly(speech.samples.astype(np.float32), 20, down), -32767, 32767).astype(np.int16)
    return speech._replace(samples=samples, phones=[(ms * 20 / down, p) for ms, p in speech.phones], words=[(a * 20 / down, b * 20 / down) for a, b in speech.words])


def any_word(listed, rng):
    """Two to six words of the dictionary: what the grammar does not say is heard by its sound."""
    return text.sentence(" ".join(rng.choice(listed) if rng.random() < 0.75 else rng.choice(text.FUNCTION) for _ in range(rng.randint(2, 6))), rng.choice("...?"))


class Speaker:
    """Says random lines in random voices over random lines."""

    def __init__(self, folder, number, dictionary):
        """`folder` for its voices; `dictionary`: words, or none."""
        self.rng = random.Random(f"speaker {number} {time.time()}")
        random.seed(self.rng.random())
        own = os.path.join(folder, f"voices-{number}")
        self.invented = timbres.data_folder(own, 60, self.rng.random())
        voices.use_data(own)
        self.dictionary = dictionary

    def __call__(self):
        """→ Speech, its text; or None."""
        rng = self.rng
        line = any_word(self.dictionary, rng) if self.dictionary and rng.random() < 0.1 else text.utterance()
        if held_out(line) or not data.WORDS_ONLY.fullmatch(line):
            return None
        kind = rng.random()
        if kind < MIX["flite"]:
            speech = voices.say(line, rng, voices.TRAINING, 1)
        elif kind < MIX["flite"] + MIX["stock"]:
            speech = voices.say(line, rng, voices.TRAINING, 0)
        else:
            try:
                speech = voices.say(line, rng, {"espeak": self.invented, "flite": []}, 0)
            except ValueError:  # espeak-ng refuses a voice now and then
                return None
        if speech is not None and rng.random() < 0.45:
            speech = sped(speech, rng.choice((0.9, 0.95, 1.05, 1.1, 1.15)))
        return None if speech is None else (speech, line)


def speak(folder, number, tokens, dictionary, count=400):
    """Writes chunks of `count` utterances (the first ones smaller) until FOLDER/stop exists."""
    np.random.seed(number)
    speaker, made = Speaker(folder, number, dictionary), 0
    while not os.path.exists(os.path.join(folder, "stop")):
        packer, wanted = Packer(tokens), min(count, 60 * 2 ** made)
        while len(packer.audio) < wanted:
            spoken = speaker()
            if spoken is None:
                continue
            speech, line = spoken
            heard = through_line(speech.samples.astype(np.float32) / 32768, speaker.rng.choices(LINES, SHARES)[0])
            samples = np.clip(heard * 32768, -32767, 32767).astype(np.int16)
            packer.add(samples, packer.labels.phones(len(samples), speech.phones), packer.labels.words(line, speech.words))
        packer.write(os.path.join(folder, f"{number}-{made}"))
        made += 1


def sounds(folder, tokens, minutes):
    """Writes one chunk, `sounds`, of hold music and signals in pieces of ten seconds: utterances in which nothing is said."""
    rng, packer = np.random.default_rng(int(time.time())), Packer(tokens)
    for _ in range(round(minutes * 6)):
        x = data.at_level((data.music if rng.random() < 0.6 else data.signal)(rng, 10), 20 * np.log10(LOUD / 32768))
        x = through_line(x.astype(np.float32), "g711" if rng.random() < 0.6 else None)
        samples = np.clip(x * 32768, -32767, 32767).astype(np.int16)
        packer.add(samples, np.zeros(len(samples) // data.FRAME + 1, np.int64), [])
    packer.write(os.path.join(folder, "sounds"))
