"""Text to words to word pieces: lower case, accents off, every mark a word of its own; the longest known piece first, `##` inside a word."""
import re
import unicodedata

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[A]", "[C]"]
PAD, UNK, CLS, SEP, MASK, AGENT, CUSTOMER = range(7)
LONGEST_PIECE = 20
WORD = re.compile(r"[^\W_]+|[^\w\s]|_", re.UNICODE)
FOLDED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


def fold(text):
    """Lower case, plain quotes and dashes, letters without accents."""
    text = unicodedata.normalize("NFD", text.lower().translate(FOLDED))
    return "".join(letter for letter in text if unicodedata.category(letter) != "Mn")


def words_of(text):
    """(folded word, start, end) with places in the text as given; folding may change a length, so it is done word by word."""
    return [(fold(match.group()), match.start(), match.end()) for match in WORD.finditer(text)]


class Pieces:
    """The word pieces of a vocabulary."""

    def __init__(self, vocabulary):
        """`vocabulary` is the list of pieces; a piece's number is its place."""
        self.number_of = {piece: number for number, piece in enumerate(vocabulary)}
        self.known = {}

    def of(self, word):
        """Numbers of a folded word's pieces; `[UNK]` alone when some part of it has none."""
        if word not in self.known:
            self.known[word] = self._parted(word)
        return self.known[word]

    def _parted(self, word):
        """The longest piece that fits, then the longest of the rest."""
        numbers, start = [], 0
        while start < len(word):
            for end in range(min(len(word), start + LONGEST_PIECE), start, -1):
                number = self.number_of.get(("##" if start else "") + word[start:end])
                if number is not None:
                    break
            else:
                return [UNK]
            numbers.append(number)
            start = end
        return numbers
