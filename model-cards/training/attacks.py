"""Own attacks, and harmless texts of the same shape, for the jailbreak guard.

Every attack family has a harmless twin: a persona with and without rules, a document with and
without a planted order, a code block with and without a hidden request, the same languages. What a
family looks like must not be what tells it from ordinary text.
"""

import base64
import codecs
import random
import re

from parts import Parts

PERSONA_RULES = (2, 5)


def row(text, label, group, parents=()):
    return {
        "text": text,
        "label": label,
        "source": "own text",
        "group": group,
        "parents": list(parents),
    }


def gibberish(picker, words, size):
    """Word pieces and symbols in the manner of optimised suffixes."""
    symbols = ["!!", "==", '"]', "\\(", "})", "</", "##", "{{", "::", "-->", "*/", "%", "[\\", "\n"]
    made = []
    for _ in range(size):
        word = picker.choice(words)
        cut = picker.randint(2, max(2, len(word)))
        made.append(picker.choice([word, word[:cut], word.title(), picker.choice(symbols)]))
        made.append(picker.choice([" ", " ", " ", "", "-"]))
    return "".join(made)


def encoded(picker, text):
    kind = picker.randrange(5)
    if kind == 0:
        return base64.b64encode(text.encode()).decode()
    if kind == 1:
        return codecs.encode(text, "rot13")
    if kind == 2:
        return text.encode().hex()
    if kind == 3:
        return text[::-1]
    leet = str.maketrans("aeiost", "431057")
    return text.translate(leet)


def spliced(picker, document, inserted):
    """A document with a sentence put at one of its line or sentence ends."""
    ends = [i + 1 for i, c in enumerate(document) if c in ".\n" and i > 20] or [len(document)]
    at = picker.choice(ends)
    glue = picker.choice([" ", "\n", "\n\n"])
    return document[:at] + glue + inserted + glue + document[at:].lstrip()


def strung(picker, documents):
    """A document of sentences out of several of one origin, so that no document is learnt."""
    first = picker.choice(documents)
    origin = (first["source"], first["group"])
    alike = [d["text"] for d in documents if (d["source"], d["group"]) == origin]
    sentences = []
    for text in [first["text"], *picker.sample(alike, min(5, len(alike)))]:
        parts = re.split(r"(?<=[.!?])\s+", text)
        start = picker.randrange(len(parts))
        sentences += parts[start : start + picker.randint(1, 4)]
    picker.shuffle(sentences)
    return first | {"text": " ".join(sentences)}


def noisy(picker, text):
    """The text as people type or disguise it: case, punctuation, spaces, swapped letters."""
    kind = picker.randrange(6)
    if kind == 0:
        return text.upper() if len(text) < 300 else text.lower()
    if kind == 1:
        return "".join(c for c in text if c not in ".,!?;:'\"")
    if kind == 2:
        letters = list(text)
        for _ in range(max(1, len(text) // 40)):
            i = picker.randrange(max(1, len(letters) - 1))
            letters[i : i + 2] = letters[i : i + 2][::-1]
        return "".join(letters)
    if kind == 3:
        return picker.choice(["> ", "* ", "1. ", '"', "Q: ", "### ", "(", "user: "]) + text
    if kind == 4:
        return text + picker.choice(["!!!", " ...", " thx", " please", "\n\n", " ok?", " :)"])
    return text.replace(". ", ".\n").replace(", ", " , ")


class Attacks:
    """Makers of attack texts; the methods named as families return one text."""

    def __init__(self, picker, documents, words):
        self.parts = Parts("jailbreak-attacks.txt", picker)
        self.picker, self.documents, self.words = picker, documents, words
        self.parents, self.clean = (), ""

    def made(self, family):
        """Rows of a family: an attack, and the document it was put into without it."""
        self.parents, self.clean = (), ""
        rows = [row(getattr(self, family)(), "jailbreak", f"own-{family}", self.parents)]
        if self.clean:
            rows.append(row(self.clean, "benign", "own-clean", self.parents))
        return rows

    def document(self, shortest, longest):
        """The beginning of a random document, or of one strung together."""
        if self.picker.random() < 0.5:
            chosen = strung(self.picker, self.documents)
        else:
            chosen = self.picker.choice(self.documents)
        self.parents = [(chosen["source"], chosen["group"])]
        self.clean = chosen["text"][: self.picker.randint(shortest, longest)]
        return self.clean

    def override(self):
        one, picker = self.parts.one, self.picker
        text = one("override") + one("newtask")
        carrier = one("carrier")
        if picker.random() < 0.5:
            text = carrier + text
        if picker.random() < 0.25:
            text = one("hijack").capitalize() + ". " + text
        return text

    def persona(self):
        one, picker = self.parts.one, self.picker
        fixed = {"name": one("name")}
        rules = picker.sample(self.parts.sections["persona-rule"], picker.randint(*PERSONA_RULES))
        text = [one("persona-open", fixed)]
        text += [self.parts.filled(rule, dict(fixed)) for rule in rules]
        if picker.random() < 0.6:
            text.append(one("persona-format", fixed))
        if picker.random() < 0.7:
            text.append(one("persona-goal", fixed))
        return picker.choice([" ", " ", "\n"]).join(text)

    def fiction(self):
        text = self.parts.one("fiction")
        return text + " " + self.parts.one("suppress") if self.picker.random() < 0.2 else text

    def authority(self):
        return self.parts.one("authority")

    def suppression(self):
        goal = self.parts.one("harmreq").capitalize() + "."
        order = [goal, self.parts.one("suppress")]
        self.picker.shuffle(order)
        return self.picker.choice([" ", "\n\n"]).join(order)

    def splitting(self):
        words = self.parts.one("harmreq").split()
        half = len(words) // 2
        halves = {"half1": " ".join(words[:half]), "half2": " ".join(words[half:])}
        return self.parts.one("splitting", halves)

    def encoding(self):
        request = self.parts.one(self.picker.choice(["harmreq", "harmreq", "hijack"]))
        return self.parts.one("encoded", {"code": encoded(self.picker, request)})

    def suffix(self):
        request = self.parts.one("harmreq").capitalize()
        return request + " " + gibberish(self.picker, self.words, self.picker.randint(10, 30))

    def shots(self):
        return self.parts.one("shots")

    def markup(self):
        head = self.document(80, 250) + "\n" if self.picker.random() < 0.3 else ""
        return head + self.parts.one("markup")

    def extraction(self):
        text = self.parts.one("extraction")
        return self.parts.one("carrier") + text if self.picker.random() < 0.3 else text

    def foreign(self):
        return self.parts.one("foreign")

    def indirect(self):
        return spliced(self.picker, self.document(150, 900), self.parts.one("indirect"))


ATTACKS = {
    "override": 220,
    "persona": 240,
    "fiction": 220,
    "authority": 160,
    "suppression": 140,
    "splitting": 70,
    "encoding": 90,
    "suffix": 150,
    "shots": 70,
    "markup": 110,
    "extraction": 150,
    "foreign": 130,
    "indirect": 330,
}
BENIGN = {
    "correction": 260,
    "persona": 380,
    "brief": 220,
    "fiction": 120,
    "code": 170,
    "document": 420,
}
WHOLE = ("meta", "security", "system", "foreign", "shots")


def benign_row(family, parts, picker, documents):
    parents = ()
    if family == "document":
        document = strung(picker, documents)
        parents = [(document["source"], document["group"])]
        cut = document["text"][: picker.randint(150, 2000)]
        if picker.random() < 0.6:
            cut = spliced(picker, cut, parts.one("document"))
        text = parts.one("task") + cut
    elif family == "code":
        plain = f"{parts.one('word')} and {parts.one('word')}"
        b64 = base64.b64encode(plain.encode()).decode()
        text = parts.one("code", {"b64": b64, "rot": codecs.encode(plain, "rot13")})
    else:
        text = parts.one(family)
    return row(text, "benign", f"own-{family}", parents)


def own_rows(seed, documents):
    """Attacks and harmless rows; `documents` are harmless texts (rows) that carry planted ones."""
    picker = random.Random(seed)
    texts = [d["text"] for d in documents]
    words = sorted({w for t in texts[:400] for w in t.split() if w.isalpha() and len(w) > 3})
    attacks = Attacks(picker, documents, words)
    parts = Parts("jailbreak-benign.txt", picker)
    rows = []
    for family, count in ATTACKS.items():
        rows += [r for _ in range(count) for r in attacks.made(family)]
    for family in WHOLE:
        rows += [row(t, "benign", f"own-{family}") for t in parts.sections[family] if t]
    for family, count in BENIGN.items():
        rows += [benign_row(family, parts, picker, documents) for _ in range(count)]
    rows = list({r["text"]: r for r in rows}.values())
    noise = [
        row(noisy(picker, r["text"]), r["label"], r["group"], r["parents"])
        for r in rows
        if picker.random() < 0.25 and len(r["text"]) < 1200
    ]
    return rows + noise


def inserts(seed, count=150):
    """Orders and harmless sentences by themselves, to be put into documents."""
    picker = random.Random(seed)
    orders = Parts("jailbreak-attacks.txt", picker)
    sentences = Parts("jailbreak-benign.txt", picker)
    return [row(orders.one("indirect"), "jailbreak", "own-order") for _ in range(count)] + [
        row(text, "benign", "own-sentence") for text in sentences.sections["document"] if text
    ]


def derived_rows(seed, rows, documents):
    """Attacks of the data planted into documents, and noisy copies; each names its parents."""
    picker = random.Random(seed)
    made = []
    for parent in rows:
        origin = [(parent["source"], parent["group"])]
        text = parent["text"]
        if parent["label"] == "jailbreak" and len(text) < 220 and picker.random() < 0.3:
            document = strung(picker, documents)
            origin.append((document["source"], document["group"]))
            cut = document["text"][: picker.randint(150, 700)]
            made.append(row(spliced(picker, cut, text), "jailbreak", "own-planted", origin))
            made.append(row(cut, "benign", "own-clean", origin[1:]))
        elif picker.random() < 0.12 and len(text) < 1200:
            made.append(row(noisy(picker, text), parent["label"], "own-noisy", origin))
    return made
