"""Word error of a ggml model, measured with the real whisper-cli on whole calls.

Usage: evaluate.py WHISPER_CLI MODEL SET... [--calls 6] [--nothing] [--show]
Each call strings eight utterances of a set together, pauses between, as an 8 kHz G.711 line carries them. `--nothing` adds half a minute each
of silence, noise, hold music, beeps and ringing: every word heard there is one too many.
"""
import argparse
import json
import os
import re
import subprocess
import tempfile
import wave

import numpy as np

import data
from train import edit_distance, plain_words
from voices import RATE


def call(name, index, chosen, rng):
    """Samples and text of one call."""
    audio, parts, said = np.memmap(name + ".i16", np.int16, "r"), [np.zeros(RATE // 3, np.float32)], []
    for i in chosen:
        offset, length, _, text = index[i][:4]
        parts += [audio[offset:offset + length].astype(np.float32) / 32768, np.zeros(int(rng.uniform(0.3, 1.5) * RATE), np.float32)]
        said.append(text)
    x = data.line_band(np.concatenate(parts))
    return data.companded(x + data.at_level(rng.standard_normal(len(x), np.float32), -55)), " ".join(said)


def nothing(rng, seconds=35):
    """Half minutes in which nobody speaks, by name."""
    n = seconds * RATE
    ring = np.tile(np.concatenate([data.tone(2, (440, 480)), np.zeros(4 * RATE, np.float32)]), 6)[:n]
    beeps = np.tile(np.concatenate([data.tone(0.3, (1000,)), np.zeros(int(1.7 * RATE), np.float32)]), 18)[:n]
    tune = data.music(rng, seconds)
    return {"silence": np.zeros(n, np.float32), "line noise": data.at_level(rng.standard_normal(n, np.float32), -50),
            "loud noise": data.at_level(rng.standard_normal(n, np.float32), -25), "hold music": data.companded(data.line_band(data.at_level(tune, -20))),
            "ringing": data.at_level(ring, -20), "beeps": data.at_level(beeps, -25)}


def transcribe(cli, model, samples):
    """What whisper.cpp hears."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "call.wav")
        with wave.open(path, "wb") as w:
            w.setnchannels(1), w.setsampwidth(2), w.setframerate(RATE)
            w.writeframes((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes())
        done = subprocess.run([cli, "-m", model, "-f", path, "-l", "en", "-np", "-mc", "0"], check=True, capture_output=True, text=True)
    return " ".join(re.sub(r"^\[.*?\]", "", line).strip() for line in done.stdout.splitlines())


def main():
    """Prints one line for each set."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("cli")
    p.add_argument("model")
    p.add_argument("sets", nargs="*")
    p.add_argument("--calls", type=int, default=6)
    p.add_argument("--nothing", action="store_true")
    p.add_argument("--show", action="store_true", help="print what was said and heard")
    a = p.parse_args()
    for name in a.sets:
        rng, index, errors, total = np.random.default_rng(3), json.load(open(name + ".json")), 0, 0
        order = rng.permutation(len(index))
        for k in range(min(a.calls, len(index) // 8)):
            samples, text = call(name, index, order[8 * k:8 * k + 8], rng)
            heard, said = plain_words(transcribe(a.cli, a.model, samples)), plain_words(text)
            errors, total = errors + edit_distance(heard, said), total + len(said)
            if a.show:
                print(f"  said  {' '.join(said)}\n  heard {' '.join(heard)}")
        print(f"{os.path.basename(name)}: {errors / total:.1%} of {total} words", flush=True)
    if a.nothing:
        for name, samples in nothing(np.random.default_rng(3)).items():
            heard = plain_words(transcribe(a.cli, a.model, samples))
            print(f"{name}: {len(heard)} words {' '.join(heard)[:80]}", flush=True)


if __name__ == "__main__":
    main()
