"""What the words of an answer have to do with its context, as a type for each.

The same types are computed by the server (router, grounding/Evidence.java). A word is a run of
letters and digits; it is compared folded: without accents and capitals, with numbers in one form.

    type = 15 * presence + 3 * frame + kind

presence: 0 in a run of three or more words that the context has too, 1 in a run of two, 2 alone, 3
only its stem, 4 only in the question, 5 nowhere. frame, how the words beside it stand in the
context: 0 nowhere, 1 with nothing between them, 2 with words of another kind between, 3 with one of
its kind in its place, where one side agrees, 4 the same and both sides do. kind: 0 other, 1 with a
capital, 2 number. A stop between sentences, over which no run goes, has type STOP_TYPE.
"""

import unicodedata
from dataclasses import dataclass

from shapes import in_word

PRESENCES, FRAMES, KINDS = 6, 5, 3
STOP_TYPE = PRESENCES * FRAMES * KINDS
RUN, PAIR, ALONE, STEM, ASKED, NOWHERE = range(PRESENCES)
NONE, INSERTED, OTHER_KIND, ONE_SIDE, BOTH_SIDES = range(FRAMES)
OTHER, CAPITAL, NUMBER = range(KINDS)
STEM_LENGTH = 5
GAP_MAX = 6
FRAME_WORDS = 3
SIDE_WORDS = 2
AGREEING_MAX = 4
STOP = "."
STOPS = ".!?;"
NUMBERS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "thirty": "30",
}  # fmt: skip
ORDINAL_ENDS = ("st", "nd", "rd", "th")


@dataclass(frozen=True)
class Word:
    """start, end: characters; a stop between sentences is a word too, so that runs end there."""

    start: int
    end: int
    folded: str
    kind: int

    @property
    def stop(self):
        return self.folded == STOP


def words(text):
    result, at = [], 0
    while at < len(text):
        if in_word(text[at]):
            end = word_end(text, at)
            result.append(word(text, at, end))
            at = end
        else:
            if text[at] in STOPS and not (at + 1 < len(text) and in_word(text[at + 1])):
                result.append(Word(at, at + 1, STOP, OTHER))
            at += 1
    return result


def word_end(text, at):
    """Where the word ends; a comma before a group of three digits is part of a number."""
    end = run_end(text, at)
    if not text[at:end].isdecimal():
        return end
    while text[end : end + 1] == ",":
        group = run_end(text, end + 1)
        if group - end != 4 or not text[end + 1 : group].isdecimal():
            break
        end = group
    return end


def run_end(text, at):
    while at < len(text) and in_word(text[at]):
        at += 1
    return at


def word(text, start, end):
    plain = unicodedata.normalize("NFD", text[start:end])
    folded = "".join(c for c in plain if unicodedata.category(c) != "Mn" and c != ",").lower()
    if folded in NUMBERS:
        return Word(start, end, NUMBERS[folded], NUMBER)
    if folded[:1].isdecimal() and folded.endswith(ORDINAL_ENDS) and folded[:-2].isdecimal():
        folded = folded[:-2]
    if any(c.isdecimal() for c in folded):
        return Word(start, end, folded, NUMBER)
    capital = any(c.isupper() for c in text[start:end])
    return Word(start, end, folded, CAPITAL if capital else OTHER)


def stem(word):
    if word.kind == NUMBER:
        return word.folded
    short = word.folded[:STEM_LENGTH]
    return short[:-1] if len(short) == 4 and short.endswith("s") else short


def places(found):
    result = {}
    for i, one in enumerate(found):
        if not one.stop:
            result.setdefault(one.folded, []).append(i)
    return result


def longest_runs(answer, where, count):
    """For every word of the answer the longest run of words that it and the context share."""
    longest, before = [0] * len(answer), {}
    for i in range(len(answer) + 1):
        now = {}
        for j in where.get(answer[i].folded, ()) if i < len(answer) else ():
            now[j] = before.get(j - 1, 0) + 1
        for j, length in before.items():
            if j + 1 not in now:
                for back in range(length):
                    longest[i - 1 - back] = max(longest[i - 1 - back], length)
        before = now
    return longest


class Evidence:
    """The types of one answer with its context; texts may be empty."""

    def __init__(self, context, question, answer):
        self.context, self.answer = words(context), words(answer)
        self.where = places(self.context)
        self.longest = longest_runs(self.answer, self.where, len(self.context))
        stems = {stem(one) for one in self.context}
        asked = {one.folded for one in words(question)}
        self.types = []
        for start, end in self.units():
            frame = NONE if self.answer[start].stop else self.frame(start, end)
            for i in range(start, end):
                at = FRAMES * self.presence(i, stems, asked) + frame
                stop = self.answer[i].stop
                self.types.append(STOP_TYPE if stop else KINDS * at + self.answer[i].kind)

    def units(self):
        """Words of the answer that are exchanged together: names, unknown words; else one."""
        at = 0
        while at < len(self.answer):
            end = at + 1
            while end < len(self.answer) and self.belongs(at, end):
                end += 1
            yield at, end
            at = end

    def belongs(self, first, i):
        one, other = self.answer[first], self.answer[i]
        if one.stop or other.stop or one.kind != other.kind or one.kind == NUMBER:
            return False
        return one.kind == CAPITAL or not self.longest[first] and not self.longest[i]

    def places_of(self, i):
        inside = 0 <= i < len(self.answer)
        return self.where.get(self.answer[i].folded, ()) if inside else ()

    def agreeing(self, i, j, step):
        """How many words agree from answer i and context j on, at most so many."""
        count = 0
        while (
            count < AGREEING_MAX
            and 0 <= i < len(self.answer)
            and 0 <= j < len(self.context)
            and not self.answer[i].stop
            and self.answer[i].folded == self.context[j].folded
        ):
            i, j, count = i + step, j + step, count + 1
        return count

    def support(self, start, end):
        """Words beside the unit that the context has beside it too, on the side of more."""
        left = max((self.agreeing(start - 1, j - 1, -1) for j in self.places_of(start)), default=0)
        right = max((self.agreeing(end, j + 1, 1) for j in self.places_of(end - 1)), default=0)
        return max(left, right)

    def frame(self, start, end):
        kind, best, own = self.answer[start].kind, NONE, self.support(start, end)
        for p in self.places_of(start - 1):
            left = self.agreeing(start - 1, p, -1)
            for q in range(p + 1, p + 1 + GAP_MAX):
                right = self.agreeing(end, q, 1)
                if not right or left + right < FRAME_WORDS or left + right <= own:
                    continue
                if self.between(start, end, p, q):
                    continue
                if q - p == 1:
                    best = max(best, INSERTED)
                else:
                    best = max(best, BOTH_SIDES if self.has(p + 1, q, kind) else OTHER_KIND)
            if left >= SIDE_WORDS and left > own and self.has(p + 1, p + 2, kind):
                best = max(best, ONE_SIDE)
        for q in self.places_of(end):
            right = self.agreeing(end, q, 1)
            if right >= SIDE_WORDS and right > own and self.has(q - 1, q, kind):
                best = max(best, ONE_SIDE)
        return best

    def between(self, start, end, p, q):
        """Whether the context has all of the unit between two places."""
        there = {one.folded for one in self.context[p + 1 : q]}
        return all(one.folded in there for one in self.answer[start:end])

    def has(self, start, end, kind):
        """Whether a word of the kind is in a part of the context."""
        part = self.context[max(0, start) : end]
        return any(one.kind == kind and not one.stop for one in part)

    def presence(self, i, stems, asked):
        if self.longest[i]:
            return (ALONE, PAIR, RUN)[min(self.longest[i], 3) - 1]
        if stem(self.answer[i]) in stems:
            return STEM
        return ASKED if self.answer[i].folded in asked else NOWHERE
