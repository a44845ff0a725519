"""Own documents that are no prose (code, settings, logs, licences, manuals) for the guard.

What people paste and what agents read is mostly of these kinds. Each comes as it is, with an order
planted in it, and with an ordinary request planted at a place of the same kind: neither code, nor a
text that breaks off for another, may be what makes an attack.
"""

import random
from dataclasses import dataclass

from attacks import row
from parts import TEXTS, Parts

# How many pieces a document has, and one with something in it: short enough to be read whole.
PIECES = (2, 7)
PLANTED_PIECES = (1, 4)
# More orders found more of kinds left out, and flagged more documents of dev (card, remarks).
COUNTS = {"document": 450, "order": 200, "request": 200}
BEGINNING = 0.25  # of documents begin in the middle
COMMENTS = {
    "java": "// {}",
    "cpp": "/* {} */",
    "python": "# {}",
    "script": "// {}",
    "shell": "# {}",
    "settings": "# {}",
    "page": "<!-- {} -->",
    "manual": "> {}",
    "log": "ERROR {}",
    "law": "NOTE: {}",
}


def kinds():
    """The pieces of every kind, out of pasted.txt."""
    found, current = {}, None
    for line in (TEXTS / "pasted.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]") and line[1:-1] in COMMENTS:
            current = found.setdefault(line[1:-1], [""])
        elif current is None:
            continue
        elif line == "%%":
            current.append("")
        else:
            current[-1] += line + "\n"
    return found


@dataclass(frozen=True)
class Document:
    """Pieces of one kind, in order."""

    kind: str
    pieces: tuple

    def text(self, picker):
        """The document; sometimes it begins in the middle, as what is cut into windows does."""
        whole = "\n".join(self.pieces)
        if picker.random() < BEGINNING:
            whole = whole[picker.randrange(len(whole) // 2) :]
        return whole.strip("\n")

    def planted(self, picker, inserted):
        """The document with a text between its lines, by itself or as a comment, or at an end."""
        lines = self.text(picker).split("\n")
        at = picker.choice([0, len(lines), *2 * [picker.randrange(len(lines) + 1)]])
        form = picker.choice(["{}", "{}", COMMENTS[self.kind], '"{}"', "\n{}\n"])
        return "\n".join([*lines[:at], form.replace("{}", inserted), *lines[at:]])


class Writer:
    """Makes documents of all kinds alike often."""

    def __init__(self, picker):
        self.picker, self.kinds = picker, kinds()
        self.words = Parts("pasted-words.txt", picker)

    def document(self, fewest, most):
        kind = self.picker.choice(sorted(self.kinds))
        count = self.picker.randint(fewest, most)
        chosen = [self.picker.choice(self.kinds[kind]) for _ in range(count)]
        return Document(kind, tuple(self.words.filled(piece, {}) for piece in chosen))


def own_rows(seed, orders, requests):
    """Rows of documents; `orders` and `requests` are rows of short texts to plant."""
    picker = random.Random(seed)
    writer, rows = Writer(picker), []
    questions = Parts("jailbreak-benign.txt", picker)
    for _ in range(COUNTS["document"]):
        text = writer.document(*PIECES).text(picker)
        if picker.random() < 0.2:
            text = questions.one("review") + text
        rows.append(row(text, "benign", "own-pasted"))
    for name, sources in (("order", orders), ("request", requests)):
        for _ in range(COUNTS[name]):
            parent = picker.choice(sources)
            origin = parent.get("parents") or [(parent["source"], parent["group"])]
            text = writer.document(*PLANTED_PIECES).planted(picker, parent["text"])
            rows.append(row(text, parent["label"], f"own-pasted-{name}", origin))
    return rows
