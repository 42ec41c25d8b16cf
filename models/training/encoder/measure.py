"""What a model makes of writers that it has not seen. python3 measure.py FOLD.json … adds up what several models wrote."""
import argparse
import json
from collections import defaultdict

import torch

from pieces import PAD


def spans_of(tags):
    """(role, first, last) of the tags' names; None (inside a word) neither begins nor ends one."""
    spans, role, first, last = set(), None, 0, 0
    for place, tag in enumerate([*tags, "O"]):
        if tag is None:
            continue
        if tag[0] == "I" and tag[2:] == role:
            last = place
            continue
        if role:
            spans.add((role, first, last))
        role, first, last = (tag[2:] if tag[0] == "B" else None), place, place
    return spans


def count_reason(row, found, count):
    """Whether reason and topic are among those that a reader would give."""
    right = [row["label"], *row["also"]]
    count(row["kind"], "reason", found in right)
    count(row["kind"], "topic", found.split(".")[0] in [reason.split(".")[0] for reason in right])


def count_choice(head, right, found, count):
    """Of what stands there how much is found, of what is said how much is right, and of all (none among them) how much is right."""
    for measure, counted in (("found", right > 0), ("right", found > 0), ("all", True)):
        if counted:
            count(head, measure, right == found)


def count_spans(right, found, count):
    """Spans of each role that agree to the word."""
    for span in right:
        count("tag " + span[0], "found", span in found)
    for span in found:
        count("tag " + span[0], "right", span in right)


def judge(trainer, batches, held, path):
    """Reads the rows at `held`, prints what is right and writes it with the chances of reasons."""
    rows, topics, names = trainer.examples["rows"], trainer.examples["topics"], trainer.examples["tags"]
    heads, results, chances = list(trainer.examples["heads"]), defaultdict(lambda: [0, 0]), {}

    def count(what, measure, is_right):
        """Adds one to what is right, where it is, and to all."""
        results[f"{what} {measure}"][0] += int(is_right)
        results[f"{what} {measure}"][1] += 1

    trainer.network.eval()
    for start in range(0, len(held), 64):
        part = held[start : start + 64]
        batch = batches.make(part, damaged=False)
        with torch.no_grad(), trainer.half_precision():
            tag_logits, logits = trainer.network.read(batch["ids"], batch["ids"] == PAD)
        logs, best, tags = [one.float().log_softmax(-1).cpu() for one in logits], tag_logits.argmax(-1).tolist(), batch["tags"].tolist()
        for at, row in enumerate(rows[number] for number in part):
            if row["label"]:
                count_reason(row, topics[int(logs[0][at].argmax())], count)
                chances[part[at]] = [round(chance, 3) for chance in logs[0][at].tolist()]
            if row["kind"] != "phrase":
                for head, answer in row["choices"].items():
                    count_choice(head, answer, int(logs[1 + heads.index(head)][at].argmax()), count)
            if row["tags"] is not None:
                right, found = ([names[tag] if said >= 0 else None for tag, said in zip(line, tags[at])] for line in (tags[at], best[at]))
                count_spans(spans_of(right), spans_of(found), count)
    show(results)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(dict(topics=topics, results=results, chances=chances), file)


def show(results):
    """Prints one line for each measure."""
    for what, (right, number) in sorted(results.items()):
        print(f"{what:28} {right / number:.3f} {right} of {number}")


def main():
    """Adds up."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folds", nargs="+")
    total = defaultdict(lambda: [0, 0])
    for path in arguments.parse_args().folds:
        with open(path, encoding="utf-8") as file:
            for what, (right, number) in json.load(file)["results"].items():
                total[what] = [total[what][0] + right, total[what][1] + number]
    show(total)


if __name__ == "__main__":
    main()
