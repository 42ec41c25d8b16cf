"""python3 corpus.py PACKAGES_FOLDER GENERAL.txt: English prose of Debian packages, one paragraph a line, in lower case.

PACKAGES_FOLDER holds one folder for each package, as `dpkg-deb -x PACKAGE.deb PACKAGES_FOLDER/PACKAGE` unpacks it. The manual pages of the machine are read
too. Nothing of it is kept in the project.
"""
import argparse
import html
import os
import re
from collections import Counter

from readers import entries, manual, marked_up, plain, quoted, synsets

COMMON = set(
    """the of and to a in is it you that he was for on are with as i his they be at one have this from or had by not but what all were we when your can said there use an
    each which she do how their if will up other about out many then them these so some her would make like him into time has look two more go see no way could my than
    been who its now did get come made may""".split()
)
"""Prose has many of these; tables, code and lists of names have few."""
LEAST, LONGEST = 25, 4_000
"""Letters of a paragraph."""

STRINGS = r'_ ?"((?:[^"]|"")*)"'
LONG_STRINGS = r'"([^"\n]{30,})"'

SOURCES = [
    ("wordnet-base", r"/data\.[^/]*$", synsets, False),
    ("dict-(gcide|foldoc|jargon)", r"\.dict\.dz$", entries, False),
    ("libreoffice-help-en-us", r"\.html$", marked_up, True),
    ("gnome-user-docs", r"/C/.*\.(page|html|xml)$", marked_up, True),
    ("gnucash-docs", r"/C/.*\.(html|xml|docbook)$|gnucash-docs/.*en.*\.html$", marked_up, True),
    ("debian-handbook", r"(en-US|/en/|\.en\.).*html$|html.*en-US", marked_up, True),
    ("debian-(reference-en|faq)", r"en\.(html|txt\.gz)$", marked_up, True),
    ("gimp-help-en", r"\.html$", marked_up, True),
    ("kmymoney-common|calligra-data", r"/en/.*docbook$", marked_up, True),
    ("evolution-common", r"/C/.*\.page$", marked_up, True),
    ("gnumeric-doc", r"/C/.*\.(xml|docbook|html|page)$", marked_up, True),
    ("homebank-data", r"help.*html$", marked_up, True),
    ("yelp", r"\.(page|xml)$", marked_up, True),
    ("tryton-server", r"\.(rst|html|xml)$", marked_up, True),
    ("lincity-ng-data", r"/en/.*\.xml$", marked_up, True),
    ("fortunes|fortunes-min", r"games/fortunes/[^.]*$", plain, True),
    ("openttd-data", r"english\.(txt|lng)$", plain, True),
    ("crawl-common", r"(database|descript)/[^/]*\.txt$", plain, True),
    ("endless-sky-data", r"\.txt$", quoted(r'`([^`]+)`|"([^"\n]{30,})"'), True),
    (r"wesnoth-1\.16-.*", r"\.(cfg|lua)$", quoted(STRINGS), True),
    ("naev-data", r"\.(lua|xml)$", quoted(r'_\(\s*\[\[(.*?)\]\]|_\(\s*"(.*?)"\s*\)|<description>(.*?)</description>|<value>(.*?)</value>'), True),
    ("widelands-data", r"\.lua$", quoted(r'_\s*\(?\s*\[\[(.*?)\]\]|_\s*\(?"(.*?)"\)?'), True),
    ("unknown-horizons", r"\.(yaml|xml)$", quoted(LONG_STRINGS), True),
    ("freeciv-data", r"\.(ruleset|txt)$", quoted(r'_\("(.*?)"\)'), True),
    ("colossal-cave-adventure", r".", quoted(LONG_STRINGS), True),
]
"""Which files of which packages are read, and how: package, pattern of paths, reader, whether paragraphs must look like prose."""


def is_prose(text):
    """Whether a paragraph reads like sentences."""
    words = re.findall(r"[a-z']+", text.lower())
    return len(words) >= 6 and sum(word in COMMON for word in words) / len(words) > 0.25 and len(text) / len(words) < 9


def files(folder, pattern):
    """Files whose path fits."""
    for place, _, names in os.walk(folder):
        yield from (path for path in (os.path.join(place, name) for name in sorted(names)) if os.path.isfile(path) and re.search(pattern, path))


def paragraphs(options):
    """(source, paragraph, whether to look if it is prose) of everything."""
    for package in sorted(os.listdir(options.packages)):
        for name, pattern, reader, checked in SOURCES:
            if re.fullmatch(name, package):
                for path in files(os.path.join(options.packages, package), pattern):
                    yield from ((package, paragraph, checked) for paragraph in reader(path))
    for path in files(options.manual, f"^{re.escape(options.manual)}/man[1578]/[^/]*\\.gz$"):
        yield from (("manual", paragraph, True) for paragraph in manual(path))


def main():
    """Writes every paragraph once and says how many words each source gave."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("packages")
    arguments.add_argument("general")
    arguments.add_argument("--manual", default="/usr/share/man")
    options = arguments.parse_args()
    seen, words = set(), Counter()
    with open(options.general, "w", encoding="utf-8") as out:
        for source, paragraph, checked in paragraphs(options):
            text = re.sub(r"\s+", " ", html.unescape(paragraph)).strip()[:LONGEST]
            if len(text) < LEAST or (checked and not is_prose(text)) or hash(text) in seen:
                continue
            seen.add(hash(text))
            out.write(text.lower() + "\n")
            words[source] += len(text.split())
    for source, number in words.most_common():
        print(source, number)
    print("words", sum(words.values()))


if __name__ == "__main__":
    main()
