"""Own rows about grounding: sentences of a context, reworded, some with something made wrong.

What is made wrong: a number, a name or a month is exchanged, a word for its opposite, a negation
put in or taken out, a phrase of another text put in, or the context loses what the answer says.
"""

import random
import re

import evidence

SENTENCE = re.compile(r"(?<=[.!?])\s*(?=[A-Z\"“(])")
MONTHS = (
    "January February March April May June July August September October November December"
).split()
OPPOSITES = [
    pair.split(":")
    for pair in (
        "first:last before:after won:lost increased:decreased rose:fell more:less largest:smallest "
        "highest:lowest oldest:youngest early:late north:south northern:southern east:west "
        "eastern:western best:worst most:least always:never all:none opened:closed began:ended "
        "started:stopped male:female men:women boys:girls father:mother son:daughter he:she "
        "his:her brother:sister husband:wife older:younger new:old public:private former:current "
        "major:minor upper:lower inside:outside above:below left:right born:died accepted:rejected "
        "allowed:forbidden bought:sold joined:left defeated:lost many:few long:short high:low "
        "large:small same:different successful:unsuccessful majority:minority success:failure "
        "supported:opposed american:british english:french white:black day:night winter:summer "
        "professional:amateur gained:lost remained:left king:queen actor:singer directed:produced "
        "written:directed album:single film:novel novel:play television:radio company:university "
        "city:village river:lake war:peace song:film team:band father:uncle son:nephew"
    ).split()
]
OPPOSITE = {a: b for a, b in OPPOSITES} | {b: a for a, b in OPPOSITES}
BEFORE_PHRASE = set(
    "in on at by for with from after before during under through between since until as near "
    "of into against because which who where while when although".split()
)


def sentences(text):
    return [s.strip() for s in SENTENCE.split(text) if s.strip()]


def tokens_of(text):
    return list(re.finditer(r"[^\W_]+(?:[-'’][^\W_]+)*", text))


class Draft:
    """An answer under work; marks are the ranges that are unsupported."""

    def __init__(self, text, marks=()):
        self.text, self.marks = text, [list(m) for m in marks]

    def replace(self, start, end, new, mark=None):
        """mark: range of `new` that is unsupported, True for all of it."""
        if any(m[0] < end and start < m[1] for m in self.marks):
            return False
        shift = len(new) - (end - start)
        for m in self.marks:
            if m[0] >= end:
                m[0] += shift
                m[1] += shift
        self.text = self.text[:start] + new + self.text[end:]
        if mark:
            first, last = (0, len(new)) if mark is True else mark
            self.marks.append([start + first, start + last])
        return True


def names(text):
    """Ranges of names: capitalised words together, not what only begins a sentence."""
    found, words = [], evidence.words(text)
    for i, one in enumerate(words):
        if one.kind != evidence.CAPITAL:
            continue
        last = found[-1] if found else None
        if last and text[last[1] : one.start] in (" ", "-", ". "):
            last[1] = one.end
        elif i and not words[i - 1].stop or len(one.folded) > 3 and i + 1 < len(words) and (
            words[i + 1].kind == evidence.CAPITAL
        ):
            found.append([one.start, one.end])
    return [(s, e) for s, e in found if e - s > 2]


class Maker:
    """Makes rows of some rows of train; the same seed makes the same."""

    def __init__(self, rows, seed):
        self.picker = random.Random(seed)
        self.rows = rows
        self.names, self.phrases = [], []
        for row in self.picker.sample(rows, min(len(rows), 1500)):
            for s in sentences(row["context"]):
                self.names += [s[a:b] for a, b in names(s)]
                self.phrases += [s[a:b] for a, b in phrases(s)]

    def made(self, count):
        result = []
        while len(result) < count:
            row = self.one(self.picker.choice(self.rows))
            if row:
                result.append(row)
        return result

    def one(self, row):
        p = self.picker
        every = [s for s in sentences(row["context"]) if 30 < len(s) < 400]
        if not every:
            return None
        at = p.randrange(len(every))
        draft, used = Draft(every[at]), [at]
        if p.random() < 0.2 and at + 1 < len(every) and len(every[at]) < 200:
            draft, used = Draft(every[at] + " " + every[at + 1]), [at, at + 1]
        keep = p.choice((0, 1, 1, 2, 5))
        around = [i for i in range(len(every)) if i not in used]
        kept = sorted(used + p.sample(around, min(len(around), keep)))
        context = " ".join(every[i] for i in kept)
        for change, chance in ((self.shorten, 0.35), (self.split, 0.5), (self.pronoun, 0.25),
                               (self.reformat, 0.3), (self.front, 0.3)):
            if p.random() < chance:
                change(draft)
        if p.random() < 0.5:
            context = self.wrong(draft, context) or context
        if len(draft.text) < 15:
            return None
        text = draft.text
        spans = [{"start": a, "end": b} for a, b in sorted(draft.marks)]
        return {
            "context": context,
            "question": row["question"] if row.get("question") and p.random() < 0.6 else "",
            "answer": text,
            "spans": spans,
            "label": "hallucinated" if spans else "grounded",
            "group": "own",
        }

    def shorten(self, draft):
        """Leaves out what is in brackets, between commas, or a phrase."""
        found = [m.span() for m in re.finditer(r"\s*\([^()]*\)|, [^,.;]{5,80}(?=,)", draft.text)]
        found += phrases(draft.text)
        if found:
            start, end = self.picker.choice(found)
            if len(draft.text) - (end - start) > 30:
                draft.replace(start, end, "")

    def split(self, draft):
        found = list(re.finditer(r",? (and|which|who|but) (?=[a-z]+ )", draft.text))
        if found:
            m = self.picker.choice(found)
            who = {"which": "It", "who": "He"}.get(m[1]) or self.picker.choice(("He", "It", "They"))
            draft.replace(*m.span(), f". {who} ")

    def pronoun(self, draft):
        found = [n for n in names(draft.text) if n[0] < 3]
        if found:
            draft.replace(0, found[0][1], self.picker.choice(("He", "She", "It", "They")))

    def reformat(self, draft):
        for m in re.finditer(r"\b\d{1,3}(,\d{3})+\b", draft.text):
            draft.replace(*m.span(), m[0].replace(",", ""))
            return
        for word, digit in evidence.NUMBERS.items():
            m = re.search(rf"\b{word}\b", draft.text)
            if m:
                draft.replace(*m.span(), digit)
                return
            m = re.search(rf"(?<![\w.,]){digit}(?![\w.,])", draft.text)
            if m:
                draft.replace(*m.span(), word)
                return

    def front(self, draft):
        """The last phrase first."""
        m = re.search(r" ((?:in|on|at|during|after|since) [^,.;]{3,40})\.?$", draft.text)
        if m and not draft.marks and m.start() > 20:
            rest = draft.text[: m.start()]
            first = m[1][0].upper() + m[1][1:]
            draft.text = f"{first}, {rest}."

    def wrong(self, draft, context):
        p = self.picker
        ways = [self.number] * 4 + [self.name] * 5 + [self.opposite, self.negate]
        ways += [self.added] * 2 + [self.missing] * 3
        p.shuffle(ways)
        for way in ways:
            changed = way(draft, context)
            if changed:
                return changed
        return None

    def number(self, draft, context):
        p = self.picker
        found = [w for w in evidence.words(draft.text) if w.kind == evidence.NUMBER]
        months = [m for m in re.finditer(r"\b[A-Z][a-z]+\b", draft.text) if m[0] in MONTHS]
        if months and p.random() < 0.15:
            m = p.choice(months)
            new = p.choice([n for n in MONTHS if n != m[0]])
            return draft.replace(*m.span(), new, True) and context
        if not found:
            return None
        one = p.choice(found)
        old = draft.text[one.start : one.end]
        other = [w for w in evidence.words(context) if w.kind == evidence.NUMBER]
        other = [context[w.start : w.end] for w in other if w.folded != one.folded]
        if other and p.random() < 0.35:
            new = p.choice(other)
        else:
            new = self.other_number(old)
        return new and draft.replace(one.start, one.end, new, True) and context

    def other_number(self, old):
        p = self.picker
        if old.lower() in evidence.NUMBERS:
            return p.choice([n for n in evidence.NUMBERS if n != old.lower()])
        m = re.search(r"\d+", old)
        value = int(m[0])
        if len(m[0]) == 4 and 1000 < value < 2100:
            new = value + p.choice((-1, 1)) * p.choice((1, 2, 3, 4, 5, 8, 10, 20, 37))
        elif p.random() < 0.5:
            new = value + p.choice((1, 2, 3, 5, 10))
        else:
            new = int("".join(p.choice("123456789") for _ in m[0]))
        return None if new == value else old[: m.start()] + str(new) + old[m.end() :]

    def name(self, draft, context):
        p = self.picker
        found = names(draft.text)
        if p.random() < 0.25:
            words = [w for w in evidence.words(draft.text) if w.kind == evidence.CAPITAL]
            found += [(w.start, w.end) for w in words]
        if not found:
            return None
        start, end = p.choice(found)
        old = draft.text[start:end]
        others = [context[a:b] for a, b in names(context)] if p.random() < 0.55 else []
        others = [n for n in others if n not in old and old not in n and n not in draft.text]
        new = p.choice(others or self.names)
        if new == old:
            return None
        return draft.replace(start, end, new, True) and context

    def opposite(self, draft, context):
        found = [m for m in tokens_of(draft.text) if m[0].lower() in OPPOSITE]
        if not found:
            return None
        m = self.picker.choice(found)
        new = OPPOSITE[m[0].lower()]
        new = new[0].upper() + new[1:] if m[0][0].isupper() else new
        return draft.replace(*m.span(), new, True) and context

    def negate(self, draft, context):
        m = re.search(r"\b(is|was|are|were|has|had|can|could|will|would) (not )?", draft.text)
        if not m:
            return None
        if m[2]:
            return draft.replace(*m.span(), f"{m[1]} ", (0, len(m[1]))) and context
        new = f"{m[1]} not "
        return draft.replace(*m.span(), new, (len(m[1]) + 1, len(new) - 1)) and context

    def added(self, draft, context):
        """A phrase of another text, at the end or before a comma."""
        new = self.picker.choice(self.phrases)
        ends = [m.start() for m in re.finditer(r"[,.](?=\s|$)", draft.text)] or [len(draft.text)]
        at = self.picker.choice(ends)
        new = f" {new.strip()}"
        return draft.replace(at, at, new, (1, len(new))) and context

    def missing(self, draft, context):
        """The context loses a phrase, or a word, that the answer keeps."""
        found = phrases(draft.text)
        if self.picker.random() < 0.3 or not found:
            long = [m.span() for m in tokens_of(draft.text) if len(m[0]) > 5 and m.start() > 0]
            found = [s for s in long if draft.text[s[0]].islower()]
        self.picker.shuffle(found)
        for start, end in found:
            gone = draft.text[start:end]
            if context.count(gone.strip()) == 1 and draft.replace(start, end, gone, True):
                first = draft.marks[-1]
                first[0] += len(gone) - len(gone.lstrip())
                return context.replace(gone.strip(), "").replace("  ", " ")
        return None


def phrases(text):
    """Ranges of phrases that begin with a preposition or the like, the blank before with them."""
    found = []
    for m in re.finditer(r"\s([a-z]+)((?:\s[^\s,.;:()]+){1,7})(?=[\s,.;:]|$)", text):
        if m[1] not in BEFORE_PHRASE:
            continue
        words = m[2].split()
        end = m.start() + 1 + len(m[1])
        for n, word in enumerate(words):
            if n and word in BEFORE_PHRASE | {"and", "or", "is", "was", "but"}:
                break
            end = text.index(word, end) + len(word)
        found.append((m.start(), end))
    return found
