"""Collects plain English sentences from the documentation installed on this machine into sentences.json (not committed).

Usage: sentences.py FOLDER...      for example /usr/share/doc /usr/share/perl; needs Debian's wamerican for the word list
Kept: 3-13 dictionary words, no digits or markup, every word among the 4,200 most frequent.
"""
import collections
import json
import os
import re
import sys

dictionary = {w.strip().lower() for w in open("/usr/share/dict/words") if re.fullmatch(r"[A-Za-z']+", w.strip())} | {"i", "a"}


def words(line):
    return re.findall(r"[A-Za-z']+", line)


def plain(line):
    found = words(line)
    return (re.fullmatch(r"[A-Z][A-Za-z' ,]+[.?]", line) and 3 <= len(found) <= 13 and all(w.lower() in dictionary for w in found)
            and not any(w.isupper() and len(w) > 1 for w in found))


sentences, frequency = set(), collections.Counter()
for top in sys.argv[1:]:
    for folder, _, names in os.walk(top):
        for name in names:
            if not name.endswith((".md", ".txt", ".pod", ".rst")):
                continue
            with open(os.path.join(folder, name), errors="ignore") as f:
                body = re.sub(r"\s+", " ", re.sub(r"[`*_#>|]", " ", re.sub(r"```.*?```", " ", f.read(400_000), flags=re.S)))
            for line in re.split(r"(?<=[.!?]) ", body):
                if plain(line.strip()) and line.strip() not in sentences:
                    sentences.add(line.strip())
                    frequency.update(w.lower() for w in words(line))
common = [w for w, n in frequency.most_common(4200) if n >= 3]
known = set(common)
kept = sorted(s for s in sentences if all(w.lower() in known for w in words(s)))
json.dump({"words": common, "sentences": kept}, open(os.environ.get("SENTENCES", "sentences.json"), "w"))
print(f"{len(common)} words, {len(kept)} sentences")
