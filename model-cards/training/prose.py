"""Own sentences as encyclopedias, newspapers and web pages have them, out of prose.txt.

A name is marked where it stands, [PERSON Ada Brandt]. Templates of letters and requests teach names
in a few places; here they stand wherever a sentence has them, beside titles of works, events and
other words with capitals that are none.
"""

import re

from parts import TEXTS

MARK = re.compile(r"\[([A-Z_]+) ([^\[\]]+)\]")


def rows():
    """Every sentence with its spans."""
    lines = (TEXTS / "prose.txt").read_text(encoding="utf-8").splitlines()
    return [row(line) for line in lines if not line.startswith("#")]


def row(marked):
    text, spans, at = "", [], 0
    for match in MARK.finditer(marked):
        text += marked[at : match.start()]
        spans.append({"start": len(text), "end": len(text) + len(match[2]), "type": match[1]})
        text, at = text + match[2], match.end()
    return {
        "text": text + marked[at:],
        "spans": spans,
        "lang": "en",
        "source": "own text",
        "group": "own-prose",
        "template": "prose",
    }
