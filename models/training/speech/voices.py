"""Synthetic voices that say when each phone and each word sounds: espeak-ng and flite, both through their C libraries.

Times cost nothing here and are what makes training from scratch possible (see README). `TRAINING` voices speak the training sets;
`HELD_OUT` voices (an accent, speakers and timbres of their own) are never trained on.
"""
import ctypes as C
from math import gcd
from typing import NamedTuple

import numpy as np
from scipy.signal import resample_poly

RATE = 16000
PHONES = ("pau aa ae ah ao aw ax ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p r s sh t th uh uw v w y z zh").split()
INDEX = {p: i for i, p in enumerate(PHONES)}
IGNORE = -100  # a sound whose phone we don't know: takes no part in the loss

# espeak-ng's mnemonics → the phone set above (flite's own).
ESPEAK = {p: p for p in "p b t d k g f v s z m n l w r".split()} | {
    "@": "ax", "@2": "ax", "@5": "ax", "@-": "ax", "a#": "ax", "0#": "ax", "3": "er", "3:": "er", "axr": "er", "@L": "l",
    "a": "ae", "aa": "ae", "A": "aa", "A:": "aa", "A@": "aa", "A#": "aa", "E": "eh", "e": "eh", "e@": "eh", "E2": "eh",
    "I": "ih", "I2": "ih", "I#": "ih", "i": "iy", "i:": "iy", "i@": "iy", "i@3": "iy", "0": "ao", "O": "ao", "O2": "ao", "O:": "ao",
    "O@": "ao", "o@": "ao", "o:": "ow", "oU": "ow", "V": "ah", "u": "uw", "u:": "uw", "U": "uh", "U@": "uh", "aI": "ay", "aI@": "ay",
    "aI3": "ay", "eI": "ey", "e:": "ey", "OI": "oy", "aU": "aw", "aU@": "aw", "tS": "ch", "dZ": "jh", "T": "th", "D": "dh", "S": "sh",
    "Z": "zh", "N": "ng", "j": "y", "r-": "r", "t2": "t", "t#": "t", "d#": "d", "?": "t", "h": "hh", "n-": "n", "m-": "m", "l-": "l",
    "l#": "l", "w#": "w", "_": "pau", "_:": "pau", "_|": "pau", "__": "pau", "END": "pau",
}
STRESS = {";", "'", ",", "%", "=", ""}

ACCENTS = ["en-us", "en", "en-gb-x-rp"]
VARIANTS = ["", "+f1", "+f2", "+f3", "+f5", "+m1", "+m2", "+m3", "+m4", "+m6", "+m7", "+m8", "+Andy", "+Annie", "+steph", "+michael",
            "+linda", "+Gene", "+Alicia", "+adam", "+belinda", "+benjamin", "+david", "+paul", "+victor", "+shelby", "+Andrea", "+antonio",
            "+caleb", "+ed", "+edward", "+john", "+Lee", "+max", "+mike", "+pablo", "+pedro", "+rob", "+robert", "+travis", "+zac", "+sandro"]
TRAINING = {"espeak": [a + v for a in ACCENTS for v in VARIANTS], "flite": ["slt", "rms", "awb", "kal16"]}
HELD_OUT = {"espeak": [a + v for a in (*ACCENTS, "en-us-nyc", "en-gb-x-gbcwmd") for v in ("+f4", "+m5", "+anika", "+Hugo", "+Marco", "+steph3", "+quincy", "+Jacky")],
            "flite": []}


class Speech(NamedTuple):
    samples: np.ndarray  # int16, 16 kHz
    voice: str
    phones: list  # [(start ms, phone)]
    words: list  # [(start ms, end ms)] of every word of the text, in order


class _Id(C.Union):
    _fields_ = [("number", C.c_int), ("name", C.c_char_p), ("string", C.c_char * 8)]


class _Event(C.Structure):
    _fields_ = [("type", C.c_int), ("uid", C.c_uint), ("text_position", C.c_int), ("length", C.c_int),
                ("audio_position", C.c_int), ("sample", C.c_int), ("user", C.c_void_p), ("id", _Id)]


_Callback = C.CFUNCTYPE(C.c_int, C.POINTER(C.c_short), C.c_int, C.POINTER(_Event))
_WORD, _END, _TERMINATED, _PHONEME = 1, 5, 6, 7  # espeak_EVENT_TYPE


class Espeak:
    """One espeak-ng engine for this process (the library keeps global state)."""

    def __init__(self, folder=None):
        """Loads the library, asking for samples and phoneme events. `folder`: what holds its data, if not where it was installed."""
        self.lib = C.CDLL("libespeak-ng.so.1")
        self.rate = self.lib.espeak_Initialize(2, 0, folder and folder.encode(), 1)  # 2 = retrieve samples, 1 = report phoneme events
        self.samples, self.phones, self.begun = [], [], {}
        self._keep = _Callback(self._on_audio)
        self.lib.espeak_SetSynthCallback(self._keep)

    def _on_audio(self, samples, count, events):
        """Collects samples, phones and the time at which the word at each text position begins."""
        if samples and count > 0:
            self.samples.append(np.ctypeslib.as_array(samples, (count,)).copy())
        i = 0
        while events[i].type:
            e = events[i]
            if e.type == _PHONEME:
                self.phones.append((e.audio_position, e.id.string.decode("utf8", "ignore")))
            elif e.type == _WORD:
                self.begun.setdefault(e.text_position - 1, e.audio_position)
            elif e.type in (_END, _TERMINATED):
                self.phones.append((e.audio_position, "END"))
            i += 1
        return 0

    def speak(self, text, voice, words_per_minute, pitch):
        """`text` in an espeak-ng voice → Speech, or None when it can't be timed."""
        self.samples.clear()
        self.phones.clear()
        self.begun.clear()
        if self.lib.espeak_SetVoiceByName(voice.encode()):
            raise ValueError(f"espeak-ng has no voice {voice}")
        self.lib.espeak_SetParameter(1, words_per_minute, 0)
        self.lib.espeak_SetParameter(3, pitch, 0)
        data = text.encode()
        self.lib.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None)
        phones = [(ms, INDEX[ESPEAK[s]] if s in ESPEAK else IGNORE) for ms, s in self.phones if s not in STRESS]
        return _normalise(np.concatenate(self.samples), self.rate, voice, phones, self._words(text, phones))

    def _words(self, text, phones):
        """A word ends where the next begins or a pause falls; words said as one ("of the") share their time by letters."""
        starts, at = [], 0
        for word in text.split():
            at = text.index(word, at)
            starts.append((at, len(word), self.begun.get(at)))
            at += len(word)
        pauses = [ms for ms, p in phones if p == 0]
        last = max(pauses, default=0)
        words, i = [], 0
        while i < len(starts):
            group = [starts[i]]
            while i + len(group) < len(starts) and starts[i + len(group)][2] is None:
                group.append(starts[i + len(group)])
            begin = group[0][2] or 0
            after = starts[i + len(group)][2] if i + len(group) < len(starts) else last
            end = min([p for p in pauses if begin + 30 < p < after] + [after])
            words += _share(begin, end, [n for _, n, _ in group])
            i += len(group)
        return words


class Flite:
    """flite's voices in this process."""

    def __init__(self):
        """Loads the library and declares what is called in it."""
        self.lib, self.voices = C.CDLL("libflite.so.1", mode=C.RTLD_GLOBAL), {}
        for name in ("libflite_cmulex.so.1", "libflite_usenglish.so.1"):
            C.CDLL(name, mode=C.RTLD_GLOBAL)
        lib, p = self.lib, C.c_void_p
        lib.flite_init()
        for function, result, parameters in (
                (lib.flite_synth_text, p, [C.c_char_p, p]), (lib.utt_relation, p, [p, C.c_char_p]), (lib.relation_head, p, [p]),
                (lib.item_next, p, [p]), (lib.flite_ffeature_float, C.c_float, [p, C.c_char_p]), (lib.delete_utterance, None, [p]),
                (lib.flite_ffeature_string, C.c_char_p, [p, C.c_char_p]), (lib.feat_set_float, None, [p, C.c_char_p, C.c_float]),
                (lib.utt_wave, p, [p])):
            function.restype, function.argtypes = result, parameters

    def voice(self, name):
        """The voice's pointer; its library is loaded once."""
        if name not in self.voices:
            register = getattr(C.CDLL(f"libflite_cmu_us_{name}.so.1"), f"register_cmu_us_{name}")
            register.restype, register.argtypes = C.c_void_p, [C.c_char_p]
            self.voices[name] = register(None)
        return self.voices[name]

    def items(self, utterance, relation):
        """The items of one of an utterance's relations, in order."""
        item = self.lib.relation_head(self.lib.utt_relation(utterance, relation))
        while item:
            yield item
            item = self.lib.item_next(item)

    def speak(self, text, name, stretch, pitch):
        """`text` in a flite voice → Speech, or None when it can't be timed."""
        lib, voice = self.lib, self.voice(name)
        features = C.cast(voice, C.POINTER(_FliteVoice)).contents.features
        lib.feat_set_float(features, b"duration_stretch", stretch)
        if pitch:
            lib.feat_set_float(features, b"int_f0_target_mean", pitch)
        utterance = lib.flite_synth_text(text.encode(), voice)
        wave = C.cast(lib.utt_wave(utterance), C.POINTER(_FliteWave)).contents
        samples, rate = np.ctypeslib.as_array(wave.samples, (wave.count,)).copy(), wave.rate
        phones, start = [], 0.0
        for item in self.items(utterance, b"Segment"):
            phones.append((round(start * 1000), INDEX.get(lib.flite_ffeature_string(item, b"name").decode(), IGNORE)))
            start = lib.flite_ffeature_float(item, b"end")
        first, last = b"daughter1.R:SylStructure.daughter1.daughter1.R:Segment.p.end", b"daughtern.R:SylStructure.daughtern.daughtern.R:Segment.end"
        words = [tuple(round(1000 * lib.flite_ffeature_float(token, path)) for path in (first, last)) for token in self.items(utterance, b"Token")]
        lib.delete_utterance(utterance)
        return _normalise(samples, rate, "flite-" + name, phones + [(round(start * 1000), 0)], words if len(words) == len(text.split()) else None)


class _FliteVoice(C.Structure):
    _fields_ = [("name", C.c_char_p), ("features", C.c_void_p)]


class _FliteWave(C.Structure):
    _fields_ = [("type", C.c_char_p), ("rate", C.c_int), ("count", C.c_int), ("channels", C.c_int), ("samples", C.POINTER(C.c_short))]


def _share(begin, end, weights):
    """The time from `begin` to `end` divided in proportion to `weights`."""
    edges = begin + (end - begin) * np.concatenate([[0], np.cumsum(weights)]) / sum(weights)
    return [(round(a), round(b)) for a, b in zip(edges, edges[1:])]


def _normalise(samples, rate, voice, phones, words):
    """To 16 kHz, silence trimmed to 50 ms before and 75 ms after, one loudness. None when nothing was said or words lack times."""
    g = gcd(rate, RATE)
    x = resample_poly(samples.astype(np.float32), RATE // g, rate // g)
    loud = np.flatnonzero(np.abs(x) > 200)
    if not len(loud) or not words or any(b < a for a, b in words):
        return None
    first = max(0, loud[0] - 800)
    x = x[first:loud[-1] + 1200]
    x *= 9000 / (np.sqrt((x ** 2).mean()) * 4 + 1)
    shift = first / RATE * 1000
    return Speech(np.clip(x, -32767, 32767).astype(np.int16), voice, [(max(0, round(ms - shift)), p) for ms, p in phones],
                  [(max(0, round(a - shift)), max(0, round(b - shift))) for a, b in words])


_espeak = _flite = None


def use_data(folder):
    """espeak-ng of this process takes its voices from FOLDER/espeak-ng-data."""
    global _espeak
    _espeak = Espeak(folder)


def say(text, rng, voices=TRAINING, flite_share=0.25):
    """`text` in a random one of `voices`, at a random rate and pitch."""
    global _espeak, _flite
    if voices["flite"] and rng.random() < flite_share:
        _flite = _flite or Flite()
        voice = rng.choice(voices["flite"])
        return _flite.speak(text, voice, rng.uniform(0.82, 1.15), rng.uniform(85, 150) if voice == "kal16" else None)
    _espeak = _espeak or Espeak()
    return _espeak.speak(text, rng.choice(voices["espeak"]), rng.randint(130, 195), rng.randint(30, 70))
