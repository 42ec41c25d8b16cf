"""Readers of files: each takes a path and gives paragraphs of text, prose or not."""
import gzip
import re


def text_of(path):
    """A file's text, unpacked where it is gzipped."""
    opened = gzip.open if path.endswith((".gz", ".dz")) else open
    with opened(path, "rb") as file:
        return file.read().decode("utf8", "ignore")


def marked_up(path):
    """Paragraphs of HTML, DocBook or Mallard."""
    text = re.sub(r"(?is)<(script|style|pre|programlisting|code|screen)\b.*?</\1>", " ", text_of(path))
    text = re.sub(r"(?i)</?(p|div|li|td|tr|h\d|br|para|simpara|title|item|listitem|dd|dt|section|table|ul|ol)\b[^>]*>", "\n", text)
    return re.sub(r"<[^>]+>", "", text).split("\n")


def plain(path):
    """Paragraphs of a plain text or of a file of fortunes."""
    return re.split(r"\n\s*\n|\n%\n", text_of(path))


def quoted(pattern):
    """A reader of what a program or data file quotes; the pattern's first group that matched is the text."""

    def read(path):
        """Paragraphs of the quoted texts."""
        for match in re.finditer(pattern, text_of(path), re.S):
            quote = next(group for group in match.groups() if group is not None)
            for paragraph in re.split(r"\n\s*\n|\\n", quote):
                yield re.sub(r"<[^>]+>|[`*#]", "", paragraph)

    return read


def synsets(path):
    """Words of one meaning and their gloss, of WordNet."""
    for line in text_of(path).split("\n"):
        match = re.match(r"^\d{8} \d\d \w (\w\w) (.*?) \d{3} .*\| (.*)$", line)
        if match:
            words = match[2].split(" ")[0 : 2 * int(match[1], 16) : 2]
            yield ", ".join(re.sub(r"\(\w+\)", "", word).replace("_", " ") for word in words) + ": " + match[3]


def entries(path):
    """Entries of a dictionary of dictd."""
    for entry in re.split(r"\n(?=\S)", text_of(path)):
        yield re.sub(r"\[[^\]]*\]|\\[^\\]*\\|\{|\}", "", entry)


def manual(path):
    """Paragraphs of a manual page."""
    text = re.sub(r"(?m)^\.\w+.*$", "\n", text_of(path))
    return re.split(r"\n\s*\n", re.sub(r"\\f.|\\[-&]|\\\(..", "", text))
