"""Readings with their questions, as rows of tokens: packed into one file that travels, drawn, and laid out by numpy into padded steps."""
import gzip
import json
import multiprocessing
import os
import pickle

import numpy as np

#: a choice is one or two tokens among hundreds of copied ones, and matters as much
CHOICE_WEIGHT = 12.0
CHOICES = {"topic", "outcome", "escalation", "churn"}
#: reading is learned on the side: what comes next in a conversation
READING_WEIGHT = 0.1
#: how often a question is taken when a row has no room for all of them
SHARE = {"points": 3, "tasks": 2, "names": 1, "proofs": 1.5, "topic": 1.2, "outcome": 2, "escalation": 1.5, "churn": 1.5, "keep": 2}
#: words that are swapped for any others, all over a row: what is copied has to be read
SWAPPED = 0.12
#: lengths are multiples of this, so that a card meets few shapes; pairs of tokens in a part at most (20 rows of 2,200 tokens): what attention costs, and its mask
STEP, PAIRS = 64, 100_000_000


def pack(folder, tokens, most=None):
    """Reads FOLDER/rows.pkl.gz, which travels to other machines, or makes it of what make-data.mjs and shape.mjs wrote (`most` readings of it). Numbers are bytes there, not
    numpy's arrays: those of numpy 1 are not sure to be read by another version."""
    path = f"{folder}/rows.pkl.gz"
    if os.path.exists(path):
        with gzip.open(path) as file:
            return pickle.load(file)
    shapes = json.load(open(f"{folder}/shapes.json"))
    questions = json.load(open(f"{folder}/questions.json"))["questions"]
    keys, systems = sorted(shapes["blocks"]), sorted(shapes["heads"])
    number, lists = {key: at for at, key in enumerate(keys)}, {"systems": [], "documents": [], "counts": [], "asks": [], "answers": [], "text": []}
    for line in open(f"{folder}/examples.jsonl"):
        if len(lists["systems"]) == most or not line.endswith("\n"):  # the last line may still be written
            break
        one = json.loads(line)
        if one["system"] not in shapes["heads"] or any(ask["q"] not in number for ask in one["asks"]):
            continue
        said = tokens.encode(one["document"])
        lists["systems"].append(systems.index(one["system"])); lists["documents"].append(len(said)); lists["counts"].append(len(one["asks"])); lists["text"].append(np.array(said, "<u2"))
        for ask in one["asks"]:
            listed = questions[ask["q"]].get("options")
            answer = tokens.encode(ask["answer"]) + [tokens.number["<|im_end|>"]] if listed is None else digits(ask["answer"], len(listed), tokens)
            lists["asks"].append(number[ask["q"]]); lists["answers"].append(len(answer)); lists["text"].append(np.array(answer, "<u2"))
    lists["text"] = np.concatenate(lists["text"])
    packed = {"heads": [shapes["heads"][one] for one in systems], "blocks": [shapes["blocks"][key] for key in keys], "names": [questions[key]["name"] for key in keys],
              "lists": {key: np.asarray(one, "<u2").tobytes() for key, one in lists.items()}}
    with gzip.open(f"{path}.part", "wb", 9) as file:
        pickle.dump(packed, file, 4)
    os.replace(f"{path}.part", path)
    return packed


def digits(place, of, tokens):
    """The answer to a choice, as node-llama-cpp numbers options: more than ten have two digits behind a zero, which is part of the question."""
    text = str(place) if of <= 10 else f"{place:02d}"
    return [tokens.number[digit] for digit in text]


class Rows:
    """Readings with their questions: what they have in common is read once, and questions cannot see each other."""

    def __init__(self, folder, tokens, readings=None, most=3000):
        packed = pack(folder, tokens, readings)
        self.tail = np.array(os.path.commonprefix(packed["blocks"]), np.int32)
        self.blocks = [np.array(block[len(self.tail):], np.int32) for block in packed["blocks"]]
        self.heads = [np.array(head, np.int32) for head in packed["heads"]]
        self.names = packed["names"]
        lists = {key: np.frombuffer(one, "<u2") for key, one in packed["lists"].items()}
        self.text, self.systems, self.documents, self.asks, self.answers = lists["text"], lists["systems"], lists["documents"].astype(int), lists["asks"], lists["answers"].astype(int)
        # where each reading's questions begin, and its text, and each answer
        counts = lists["counts"].astype(int)
        self.first = np.concatenate([[0], np.cumsum(counts)])
        answered = np.concatenate([[0], np.cumsum(self.answers)])
        self.begin = np.concatenate([[0], np.cumsum(self.documents)])[:-1] + answered[self.first[:-1]]
        self.answer = answered[:-1] + np.repeat(np.cumsum(self.documents), counts)
        asked = np.array([len(block) for block in packed["blocks"]])[self.asks] + self.answers
        self.readings = [at for at in range(len(counts)) if counts[at] > 0 and self.documents[at] + asked[self.first[at]:self.first[at + 1]].max() < most]
        self.words = np.array([number for number, name in enumerate(tokens.names) if len(name) > 3 and name[0] == "Ġ" and name[1:].isalpha()], np.int32)
        self.swappable = np.zeros(len(tokens.names), bool)
        self.swappable[self.words] = True
        self.same = np.arange(len(tokens.names), dtype=np.int32)
        self.shares = np.array([1 / SHARE.get(name, 1) for name in self.names])

    def draw(self, chance, questions):
        """@returns a row of a reading and some of its questions"""
        reading = self.readings[chance.integers(len(self.readings))]
        asks = np.arange(self.first[reading], self.first[reading + 1])
        if len(asks) > questions:
            asks = asks[np.argsort(chance.random(len(asks)) ** self.shares[self.asks[asks]])[-questions:]]
        return self.lay_out(reading, asks, self.swaps(reading, chance))

    def document(self, reading):
        return self.text[self.begin[reading]:self.begin[reading] + self.documents[reading]]

    def swaps(self, reading, chance):
        """@returns what stands for each token, or none where all stay"""
        if chance.random() < 0.4:
            return None
        document = self.document(reading)
        words = np.unique(document[self.swappable[document]])
        words = words[chance.random(len(words)) < SWAPPED]
        table = self.same.copy()
        table[words] = self.words[chance.integers(len(self.words), size=len(words))]
        return table

    def lay_out(self, reading, asks=None, table=None):
        """@returns tokens, places, segments and weights of a row, and where each answer stands"""
        other = (lambda text: text) if table is None else table.__getitem__
        head = self.heads[self.systems[reading]]
        parts, segments, weights, names = [head, other(self.document(reading)), self.tail], [0, 0, 0], [0.0, READING_WEIGHT, 0.0], {}
        before = begin = len(head) + self.documents[reading] + len(self.tail)
        back = [0, 0, 0]
        for number, ask in enumerate(range(self.first[reading], self.first[reading + 1]) if asks is None else asks, 1):
            key = self.asks[ask]
            name, block, answer = self.names[key], self.blocks[key], self.text[self.answer[ask]:self.answer[ask] + self.answers[ask]]
            is_choice = name in CHOICES
            parts += [block, answer if is_choice else other(answer)]
            segments += [number, number]
            weights += [0.0, CHOICE_WEIGHT if is_choice else 1.0]
            back += [begin - before, begin - before]
            names[name] = (begin + len(block), begin + len(block) + len(answer))
            begin += len(block) + len(answer)
        lengths = [len(part) for part in parts]
        return {"tokens": np.concatenate(parts), "places": np.arange(begin) - np.repeat(back, lengths), "segments": np.repeat(segments, lengths), "weights": np.repeat(weights, lengths), "names": names}


def drawn(rows, batch, questions, each, seed):
    """Steps without end: each a list of padded parts, the sum of all weights, and how many tokens. Another seed draws others."""
    chance = np.random.default_rng(seed)
    while True:
        some, size = [], 0
        while size < batch:
            some.append(rows.draw(chance, questions))
            size += len(some[-1]["tokens"])
        yield parted(some, each), float(sum(row["weights"].sum() for row in some)), size


def steps_of(rows, processes, seed, *how):
    """The same by other processes in turn, each with chances of its own; by this one where there are none, or none is left. Plain pipes: torch's DataLoader makes a worker's end
    an exception wherever this process happens to be, and takes shared memory and open files."""
    fork, ends = multiprocessing.get_context("fork"), []
    for number in range(processes):
        here, there = fork.Pipe(duplex=False)
        fork.Process(target=_tell, args=(there, rows, *how, [seed, number]), daemon=True).start()
        there.close()
        ends.append(here)
    while ends:
        for end in list(ends):
            try:
                if not end.poll(20):
                    raise OSError("nothing for 20 s")
                step = pickle.loads(end.recv_bytes())
            except (EOFError, OSError) as failed:
                print(f"a process that lays out rows is gone: {failed!r}", flush=True)
                ends.remove(end)
            else:
                yield step
    yield from drawn(rows, *how, [seed, processes])


def _tell(end, *how):
    try:
        for step in drawn(*how):
            end.send_bytes(pickle.dumps(step, 4))
    except (BrokenPipeError, KeyboardInterrupt):
        pass


def parted(rows, each):
    """@returns padded parts of rows of like lengths: at most `each` rows, as even as they can be"""
    rows = sorted(rows, key=lambda row: len(row["tokens"]))
    parts, at = [], 0
    even = -(-len(rows) // -(-len(rows) // each))
    while at < len(rows):
        count = even
        while count > 1 and count * len(rows[min(at + count, len(rows)) - 1]["tokens"]) ** 2 > PAIRS:
            count -= 1
        parts.append(padded(rows[at:at + count]))
        at += count
    return parts


def padded(rows):
    """@returns tokens, places, segments and weights as (rows, length); what is padding sees itself alone"""
    length = -(-max(len(row["tokens"]) for row in rows) // STEP) * STEP
    part = [np.full((len(rows), length), fill, kind) for fill, kind in ((0, np.int32), (0, np.int32), (-1, np.int32), (0, np.float32))]
    for at, row in enumerate(rows):
        for whole, key in zip(part, ("tokens", "places", "segments", "weights")):
            whole[at, :len(row[key])] = row[key]
    return part
