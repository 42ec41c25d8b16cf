"""The project's labelled material, in one form: {writer, kind, turns: [(speaker, text, [(start, end, role)])], topic, also, choices, tagged}.

`choices` is None where nobody looked for any; for a phrase it holds only the head that the phrase is about.
"""
import json
import re
from pathlib import Path

ENCODER = Path(__file__).resolve().parent
TRAINING, PROJECT = ENCODER.parent, ENCODER.parents[2]

ROLES = "item service product name other_name firm other_firm appointment old_appointment callback incident bought valid_from when".split()
HEADS = {
    "reason": "damaged faulty wrong_item missing_part never_arrived not_as_described does_not_fit arrived_late changed_mind other".split(),
    "resolution": "refund exchange replacement repair credit".split(),
    "incident": "lost stolen misused swallowed".split(),
    "replacement": "yes no".split(),
    "desired": "apology refund compensation callback fix".split(),
    "request": "book move cancel".split(),
}
MARK = re.compile(r"\[([^\[\]]*)\]\((\w+)\)")


def columns_of(path):
    """The columns of each line that has at least two and is no remark."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            columns = line.rstrip("\n").split("\t")
            if len(columns) > 1 and not line.startswith("#"):
                yield columns


def unmarked(text):
    """Text without marks, and (start, end, role) of what was marked."""
    plain, spans, after = "", [], 0
    for mark in MARK.finditer(text):
        plain += text[after : mark.start()]
        if mark[2] in ROLES:
            spans.append((len(plain), len(plain) + len(mark[1]), mark[2]))
        plain += mark[1]
        after = mark.end()
    return plain + text[after:], spans


def turns_of(text):
    """Turns of a line `A: … | C: …`; None where one has no speaker."""
    turns = []
    for turn in text.split(" | "):
        match = re.match(r"^([AC]):\s*(.*)$", turn.strip(), re.S)
        if not match:
            return None
        turns.append((match[1], *unmarked(match[2])))
    return turns


def labels_of(text):
    """`topic=…,reason=…` as a dictionary."""
    return dict(label.split("=", 1) for label in text.split(",") if "=" in label)


def example(writer, kind, turns, topic=None, also=(), choices=None, tagged=False):
    """One example of the form above."""
    return dict(writer=writer, kind=kind, turns=turns, topic=topic, also=list(also), choices=choices, tagged=tagged)


def fragments():
    """Fragments of ../slots: marks and choices, no reason of contact."""
    for path in sorted(TRAINING.glob("slots/fragments/w*.tsv")):
        for labels, text, *_ in columns_of(path):
            turns = turns_of(text)
            if turns:
                yield example(path.stem, "fragment", turns, choices=labels_of(labels), tagged=True)


def short_conversations():
    """Conversations beside this file: marks, choices and the reason of contact."""
    for path in sorted(ENCODER.glob("conversations/r*.tsv")):
        for labels, text, *_ in columns_of(path):
            turns, choices = turns_of(text), labels_of(labels)
            topic = choices.pop("topic", None)
            if turns and topic:
                yield example(path.stem, "short", turns, topic, choices=choices, tagged=True)


def phrases():
    """Phrases of ../slots: one choice each."""
    for path in sorted(TRAINING.glob("slots/phrases-*.tsv")):
        for label, text, *_ in columns_of(path):
            head, _, value = label.partition("=")
            if head in HEADS:
                yield example("phrases", "phrase", [("C", text, [])], choices={"only": head, head: value})


def openings():
    """Openings of ../findings: the reason of contact."""
    for path in sorted(TRAINING.glob("findings/openings*.tsv")):
        for topic, text, *_ in columns_of(path):
            if not topic.startswith("="):
                yield example(path.stem, "opening", [("C", text, [])], topic)


def conversations():
    """Conversations of ../findings (writers a to e) and of the dev set: the reason of contact, also others that a reader could have given."""
    paths = sorted(TRAINING.glob("findings/conversations/*.json")) + sorted(PROJECT.glob("test/fixtures/analysis-eval/dev/*.json"))
    for path in paths:
        conversation = json.loads(path.read_text(encoding="utf-8"))
        if conversation["language"] != "en":
            continue
        named = re.match(r"^([b-e])-", path.name)
        writer = "dev" if path.parent.name == "dev" else named[1] if named else "a"
        turns = [("C" if turn["speaker"] == "customer" else "A", turn["text"], []) for turn in conversation["turns"]]
        labels = conversation["labels"]
        yield example(writer, "conversation", turns, labels["reason"] or "none", labels.get("also_accept") or [])


def all_examples():
    """Everything that is labelled."""
    return [found for source in (fragments, short_conversations, phrases, openings, conversations) for found in source()]


def endings():
    """Last turns of conversations, `A: … | C: …`, of ../findings: read for their words only."""
    return [columns[1] for path in sorted(TRAINING.glob("findings/endings*.tsv")) for columns in columns_of(path)]


def names():
    """Names of things and services, of ../slots: read for their words only."""
    return [line for kind in ("item", "service") for line in (TRAINING / "slots" / f"{kind}.txt").read_text(encoding="utf-8").splitlines()]
