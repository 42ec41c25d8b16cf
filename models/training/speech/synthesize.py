"""Speaks random text and stores it as one set: NAME.json [[offset, length, voice, text, phones, words]] and its 16 kHz mono int16 audio,
NAME.i16, once more as heard through G.711, GSM and Opus telephony: NAME.g711.i16, NAME.gsm.i16, NAME.opus.i16.

Usage: synthesize.py NAME COUNT SEED [--processes N] [--voices held-out] [--sentences held-out | --lines FILE | --digits] [--grammar]
About 60 utterances a second and core; 10,000 are 7 hours of speech.
"""
import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import zlib

import text
import voices

CODECS = {  # ffmpeg options of the line → container it travels in
    "g711": (["-ar", "8000", "-c:a", "pcm_mulaw"], "wav"),
    "gsm": (["-ar", "8000", "-c:a", "libgsm"], "gsm"),
    "opus": (["-ar", "8000", "-c:a", "libopus", "-b:a", "10k", "-application", "voip", "-compression_level", "2"], "ogg"),
}


def held_out(line):
    """Whether a sentence is kept from training: one of forty, chosen by its text."""
    return len(line.split()) >= 5 and zlib.crc32(line.encode()) % 40 == 0


def transmit(name):
    """The set's audio through each codec and back, sample for sample as long as it was."""
    size = os.path.getsize(f"{name}.i16")
    raw = ["-f", "s16le", "-ar", str(voices.RATE), "-ac", "1"]
    for codec, (options, container) in CODECS.items():
        carried, target = f"{name}.{container}.tmp", f"{name}.{codec}.i16"
        subprocess.run(["ffmpeg", "-v", "error", "-y", *raw, "-i", f"{name}.i16", *options, "-f", container, carried], check=True)
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", carried, *raw, target], check=True)
        os.remove(carried)
        os.truncate(target, size)


def lines(a):
    """Endless lines to say: of a file in turn, digits only, or the text's mix without (or only) what is held out."""
    if a.lines:
        given = [line.strip() for line in open(a.lines) if line.strip()]
        while True:
            yield from given
    while True:
        line = text.sentence(text.g.digits(random.randint(4, 12))) if a.digits else text.grammar() if a.grammar else text.utterance()
        if a.digits or held_out(line) == (a.sentences == "held-out"):
            yield line


def part(name, count, seed, a):
    """Speaks `count` lines into one set."""
    rng = random.Random(seed)
    random.seed(seed + 1)
    index, offset, source = [], 0, lines(a)
    with open(f"{name}.i16", "wb") as audio:
        while len(index) < count:
            line = next(source)
            speech = voices.say(line, rng, voices.HELD_OUT if a.voices == "held-out" else voices.TRAINING)
            if speech is None:
                continue
            audio.write(speech.samples.tobytes())
            index.append((offset, len(speech.samples), speech.voice, line, speech.phones, speech.words))
            offset += len(speech.samples)
    transmit(name)
    with open(f"{name}.json", "w") as f:
        json.dump(index, f)
    print(f"{name}: {len(index)} utterances, {offset / voices.RATE / 3600:.1f} h, {len({i[2] for i in index})} voices", flush=True)


def main():
    """Divides the work among processes, one set each (NAME-0, NAME-1, …)."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("name")
    p.add_argument("count", type=int)
    p.add_argument("seed", type=int)
    p.add_argument("--processes", type=int, default=1)
    p.add_argument("--voices", choices=["training", "held-out"], default="training")
    p.add_argument("--sentences", choices=["training", "held-out"], default="training")
    p.add_argument("--lines")
    p.add_argument("--digits", action="store_true")
    p.add_argument("--grammar", action="store_true", help="contact-centre lines only")
    a = p.parse_args()
    jobs = [(f"{a.name}-{n}" if a.processes > 1 else a.name, a.count // a.processes, a.seed * 1000 + n, a) for n in range(a.processes)]
    with multiprocessing.get_context("spawn").Pool(a.processes) as pool:
        pool.starmap(part, jobs)


if __name__ == "__main__":
    main()
