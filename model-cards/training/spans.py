"""From labels of tokens to spans of a text, as the server makes them (router, package pii)."""

import re
from collections import defaultdict

from shapes import in_word

OUTSIDE = "O"
OPENING = "+#@"
SEVERAL_WORDS = "DATE_TIME GPE ORGANIZATION PERSON STREET_ADDRESS".split()


def labels_of(types):
    return (OUTSIDE,) + tuple(f"{mark}-{t}" for t in types for mark in "BI")


def tagged(offsets, spans, labels):
    """Index of the wanted label of every token; special tokens get -100, which no loss counts."""
    index = {name: i for i, name in enumerate(labels)}
    result, open_span = [], None
    for start, end in offsets:
        if start == end:
            result.append(-100)
            continue
        inside = next((s for s in spans if s["start"] < end and start < s["end"]), None)
        mark = "I" if inside is open_span else "B"
        result.append(index[f"{mark}-{inside['type']}"] if inside else 0)
        open_span = inside
    return result


def runs(names, scores, offsets):
    """Maximal runs B(X) I(X)* of tokens; an I that continues nothing begins a run.

    Yields {start, end, type, score, score_min}: score is the mean over the tokens.
    """
    found = []
    for name, score, (start, end) in zip(names, scores, offsets):
        if start == end:
            continue
        if name == OUTSIDE:
            found.append(None)
            continue
        mark, kind = name.split("-", 1)
        last = found[-1] if found else None
        if mark == "I" and last and last["type"] == kind:
            last["end"] = end
            last["scores"].append(score)
        else:
            found.append({"start": start, "end": end, "type": kind, "scores": [score]})
    for span in found:
        if span:
            scores = span.pop("scores")
            yield span | {"score": sum(scores) / len(scores), "score_min": min(scores)}


def snapped(text, spans):
    """Spans grown to whole words; of two that then overlap the better one is kept."""
    result = []
    for span in spans:
        start, end = span["start"], span["end"]
        while start > 0 and in_word(text[start]) and in_word(text[start - 1]):
            start -= 1
        while end < len(text) and in_word(text[end - 1]) and in_word(text[end]):
            end += 1
        span = span | {"start": start, "end": end}
        last = result[-1] if result else None
        if last and last["end"] > start:
            if last["type"] == span["type"]:
                result[-1] = last | {
                    "end": max(end, last["end"]),
                    "score": max(last["score"], span["score"]),
                    "score_min": min(last["score_min"], span["score_min"]),
                }
            elif span["score"] > last["score"]:
                result[-1] = span
        else:
            result.append(span)
    return result


def joined(text, spans):
    """Neighbours of one type with a blank between become one, where such have several words."""
    result = []
    for span in spans:
        last = result[-1] if result else None
        together = last and last["type"] == span["type"] and span["type"] in SEVERAL_WORDS
        if together and text[last["end"] : span["start"]] == " ":
            result[-1] = last | {
                "end": span["end"],
                "score": max(span["score"], last["score"]),
                "score_min": min(span["score_min"], last["score_min"]),
            }
        else:
            result.append(span)
    return result


def digits(text):
    return sum(c.isdecimal() for c in text)


def luhn(text):
    total = 0
    for i, c in enumerate(reversed([c for c in text if c.isdecimal()])):
        value = int(c) * (2 if i % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


STRUCTURED = "CREDIT_CARD EMAIL_ADDRESS IBAN_CODE IP_ADDRESS US_SSN PHONE_NUMBER".split()
LETTER = re.compile(r"[^\W\d_]")
CHECKS = {
    "PERSON": lambda t: LETTER.search(t) and digits(t) == 0 and "@" not in t,
    "GPE": lambda t: LETTER.search(t) and digits(t) == 0,
    "NRP": lambda t: LETTER.search(t) and digits(t) == 0,
    "TITLE": lambda t: LETTER.search(t) and digits(t) == 0,
    "ORGANIZATION": lambda t: LETTER.search(t),
    "STREET_ADDRESS": lambda t: LETTER.search(t),
    "AGE": lambda t: 1 <= digits(t) <= 3,
    "DATE_TIME": lambda t: digits(t) > 0 and not re.fullmatch(r"\d{3,4}", t),
    "EMAIL_ADDRESS": lambda t: "@" in t,
    "DOMAIN_NAME": lambda t: "." in t and LETTER.search(t),
    "CREDIT_CARD": lambda t: 12 <= digits(t) <= 19 and luhn(t),
    "IBAN_CODE": lambda t: digits(t) >= 10 and LETTER.search(t),
    "IP_ADDRESS": lambda t: t.count(".") == 3 or t.count(":") >= 2,
    "PHONE_NUMBER": lambda t: digits(t) >= 6,
    "US_SSN": lambda t: digits(t) == 9,
    "US_DRIVER_LICENSE": lambda t: digits(t) >= 5,
    "ZIP_CODE": lambda t: digits(t) >= 2 and len(t) <= 10,
}


def trimmed(text, start, end, cut_before=False, cut_behind=False):
    """Without blanks, quotes and signs at the ends; brackets stay in pairs, a full stop stays."""

    def begins():
        c = text[start]
        paired = c == "(" and ")" in text[start:end]
        return in_word(c) or not cut_before and (c in OPENING or paired)

    def ends():
        c = text[end - 1]
        paired = c == ")" and "(" in text[start:end]
        return in_word(c) or not cut_behind and (c == "." or paired)

    while start < end and not begins():
        start += 1
    while start < end and not ends():
        end -= 1
    return start, end


def merged(text, spans, exact, thresholds):
    """Spans of the model beside those of the exact recognisers, which win every overlap.

    What a recognised span leaves at one end of the model's is kept: the name behind a title.
    """
    result = list(exact)
    for span in spans:
        if span["score"] < thresholds.get(span["type"], 0.5):
            continue
        start, end = span["start"], span["end"]
        for other in exact:
            if other["start"] <= start < other["end"]:
                start = other["end"]
            if other["start"] < end <= other["end"]:
                end = other["start"]
        start, end = trimmed(text, start, end, start > span["start"], end < span["end"])
        if start >= end or any(o["start"] < end and start < o["end"] for o in exact):
            continue
        if CHECKS[span["type"]](text[start:end]):
            result.append(span | {"start": start, "end": end})
    return sorted(result, key=lambda s: s["start"])


def f1(hit, said, wanted):
    return 2 * hit / max(1, said + wanted)


def shares(counts, kind):
    """F1 of every key of a kind for which there is something to find."""
    entries = sorted((k[1], v) for k, v in counts.items() if k[0] == kind)
    return {name: round(f1(*v), 4) for name, v in entries if v[2]}


def figures(rows, found):
    """Exact start, end and type: F1 over all, by type, group and language; false alarms."""
    counts = defaultdict(lambda: [0, 0, 0])
    alarms, clean = 0, 0
    for row, spans in zip(rows, found):
        wanted = {(s["start"], s["end"], s["type"]) for s in row["spans"]}
        said = {(s["start"], s["end"], s["type"]) for s in spans}
        keys = [("all", "all"), ("group", row["group"])]
        if row["lang"] != "en":
            keys.append(("group", "other languages"))
        for kind, one in (("h", wanted & said), ("s", said), ("w", wanted)):
            place = "hsw".index(kind)
            for key in keys:
                counts[key][place] += len(one)
            for s in one:
                counts["type", s[2]][place] += 1
        if not wanted:
            clean += 1
            alarms += bool(said)
    hit, said, wanted = counts["all", "all"]
    structured = [sum(counts["type", t][i] for t in STRUCTURED) for i in range(3)]
    report = {
        "rows": len(rows),
        "span_f1": round(f1(hit, said, wanted), 4),
        "precision": round(hit / max(1, said), 4),
        "recall": round(hit / max(1, wanted), 4),
        "false_alarms": round(alarms / max(1, clean), 4),
        "groups": shares(counts, "group"),
        "types": shares(counts, "type"),
        "clean_texts": clean,
        "spans": wanted,
    }
    if structured[2]:
        report["f1_structured"] = round(f1(*structured), 4)
    return report
