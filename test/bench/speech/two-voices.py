"""Speaks held-out sentences of the training recipe in two voices, turn and turn about, for calls of which every word is known.

Usage: two-voices.py NAME COUNT SEED VOICE VOICE      with the recipe's folder in PYTHONPATH; writes NAME.json and NAME.i16 as synthesize.py does
"""
import json
import random
import sys

import synthesize
import text
import voices


def only(voice):
    """The one voice as a choice of voices.say, and how often flite is to speak."""
    return ({"espeak": [], "flite": [voice[6:]]}, 1) if voice.startswith("flite-") else ({"espeak": [voice], "flite": []}, 0)


name, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng, index, offset = random.Random(seed), [], 0
random.seed(seed + 1)
with open(f"{name}.i16", "wb") as audio:
    while len(index) < count:
        line = text.utterance()
        choice, share = only(sys.argv[4 + len(index) % 2])
        speech = voices.say(line, rng, choice, share) if synthesize.held_out(line) else None
        if speech is not None:
            audio.write(speech.samples.tobytes())
            index.append((offset, len(speech.samples), speech.voice, line))
            offset += len(speech.samples)
with open(f"{name}.json", "w") as f:
    json.dump(index, f)
