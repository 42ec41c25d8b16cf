"""Voices that nobody has: random timbres (espeak-ng variants: pitch, formants, tone, stress, roughness) in random accents (English phoneme tables with
sounds exchanged, left out and lengthened), so that the model learns speech and not some forty voices of three accents. They are drawn anew from a
seed, in the ranges of what comes with espeak-ng, and live in a data folder of their own. Nothing of the held-out accents is used."""
import os
import random
import shutil

STOCK = "/usr/lib/x86_64-linux-gnu/espeak-ng-data"
ACCENTS = ("en-us", "en", "en-gb-x-rp", "en-us", "en", "en-gb-scotland", "en-029", "en-gb-x-gbclan")
TABLES = {"en": "", "en-us": "3 6", "en-rp": "", "en-sc": "2 5 6 7", "en-n": "", "en-wi": "8"}  # phoneme table → rules of the dictionary
EXCHANGED = ("h NULL", "N n", "D d", "T t[", "T f", "I i", "I2 i", "i I2", "@ V", "@ a#", "3 a#", "V U", "V @", "u: U", "U u:", "0 A:", "A: a", "o@ O@", "U@ O@",
             "oU O:", "eI E", "e@ e:", "aI aI2", "a a/", "3: V", "t ?", "i@ i:", "O: 0", "E e", "z s")


def accent(name, rng):
    """The text of one accent file."""
    table = rng.choice(list(TABLES))
    lines = [f"name {name}", f"language {name}", f"phonemes {table}"]
    if TABLES[table] and rng.random() < 0.8:
        lines.append(f"dictrules {TABLES[table]}")
    if rng.random() < 0.6:
        lines.append("stressLength " + " ".join(str(rng.randint(low, high)) for low, high in ((120, 190), (110, 180), (150, 210), (150, 210), (180, 230), (180, 230), (230, 290), (250, 310))))
    lines += [f"replace {rng.choice(('00', '00', '03'))} {sounds}" for sounds in EXCHANGED if rng.random() < (0.3 if sounds == "h NULL" else 0.09)]
    return "\n".join(lines) + "\n"


def variant(name, rng):
    """The text of one variant file: a child's, woman's or man's voice."""
    size = rng.gauss(0, 1)  # a short vocal tract has high formants, and mostly a high voice
    pitch = 125 * 2 ** (0.45 * size + rng.gauss(0, 0.3))
    reach = pitch * rng.uniform(1.15, 1.7)
    shift = 100 * 1.09 ** size
    lines = ["language variant", f"name {name}", f"pitch {max(60, min(260, pitch)):.0f} {max(80, min(340, reach)):.0f}"]
    for k in range(9):
        frequency = shift * rng.gauss(1, 0.06)
        height, width = rng.gauss(82, 16) if k < 6 else rng.gauss(75, 30), rng.gauss(120, 28)
        offset = rng.choice((0, 0, 0, -50, -150, -250)) if k in (1, 2) and size > 0.5 else 0
        lines.append(f"formant {k} {max(75, min(150, frequency)):.0f} {max(20, min(130, height)):.0f} {max(50, min(220, width)):.0f} {offset}")
    optional = [
        (0.5, lambda: "stressAmp " + " ".join(str(rng.randint(14, 28)) for _ in range(8))),
        (0.4, lambda: "stressAdd " + " ".join(str(rng.randint(-25, 20)) for _ in range(4)) + f" 0 {rng.randint(-10, 20)} {rng.randint(0, 60)} {rng.randint(30, 140)}"),
        (0.35, lambda: f"tone 100 255 600 {rng.randint(60, 170)} 1200 {rng.randint(20, 120)} 2000 {rng.randint(40, 110)} 3000 {rng.randint(10, 90)}"),
        (0.3, lambda: f"consonants {rng.randint(50, 120)} {rng.randint(70, 120)}"),
        (0.3, lambda: f"echo {rng.randint(100, 150)} {rng.randint(5, 16)}"),
        (0.25, lambda: "breath 0 " + " ".join(str(rng.randint(1, 5)) for _ in range(7))),
        (0.3, lambda: f"voicing {rng.randint(75, 130)}"),
        (0.4, lambda: f"intonation {rng.randint(1, 4)}"),
        (0.6, lambda: f"roughness {rng.randint(0, 4)}"),
        (0.6, lambda: f"flutter {rng.randint(0, 10)}"),
    ]
    lines += [line() for share, line in optional if rng.random() < share]
    return "\n".join(lines) + "\n"


def data_folder(folder, count, seed, stock=STOCK):
    """Makes FOLDER/espeak-ng-data, links to `stock` with `count` new variants. → names of the voices to speak with, one accent each."""
    rng = random.Random(seed)
    target = os.path.join(folder, "espeak-ng-data")
    os.makedirs(target, exist_ok=True)
    for entry in os.listdir(stock):
        if entry not in ("voices", "lang") and not os.path.lexists(os.path.join(target, entry)):
            os.symlink(os.path.join(stock, entry), os.path.join(target, entry))
    for part in (os.path.join("lang", "gmw"), os.path.join("voices", "!v")):  # espeak-ng knows 350 voices at most: other languages make room
        shutil.copytree(os.path.join(stock, part), os.path.join(target, part), dirs_exist_ok=True)
    names = []
    for n in range(count):
        spoken = rng.choice(ACCENTS)
        if rng.random() < 0.6:
            spoken = f"en-z{n}"
            write(os.path.join(target, "lang", "gmw", spoken), accent(spoken, rng))
        write(os.path.join(target, "voices", "!v", f"x{n}"), variant(f"x{n}", rng))
        names.append(f"{spoken}+x{n}")
    return names


def write(path, content):
    """A whole file."""
    with open(path, "w") as file:
        file.write(content)
