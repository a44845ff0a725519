"""What an uncased tokenizer drops of a text, as token types: letter case and blanks.

The same classes are computed by the server (router, pii/TokenShapes.java); both say

    type = 10 * gap + form

form, of the word a token stands in: 0 no letter or digit, 1 small letters, 2 capital and small
letters at the beginning of a sentence, 3 the same elsewhere, 4 capitals, 5 one capital, 6 other
mixtures of case, 7 digits, 8 letters and digits, 9 letters without case. gap, before the token: 0
nothing, 1 blanks, 2 a line break or the beginning of the text. A special token has type 0.
"""

FORMS = 10
TYPES = 3 * FORMS
SENTENCE_ENDS = set(".!?:\"“”'«»>-*#|")


def forms(text):
    """For every unit of a text the form of its word."""
    result = [0] * len(text)
    at = 0
    while at < len(text):
        if not in_word(text[at]):
            at += 1
            continue
        end = at
        while end < len(text) and in_word(text[end]):
            end += 1
        result[at:end] = [form(text, at, end)] * (end - at)
        at = end
    return result


def in_word(c):
    return c.isalpha() or c.isdecimal()


def form(text, start, end):
    word = text[start:end]
    digits = sum(c.isdecimal() for c in word)
    if digits == len(word):
        return 7
    if digits:
        return 8
    big, small = sum(c.isupper() for c in word), sum(c.islower() for c in word)
    if big + small == 0:
        return 9
    if big == 0:
        return 1
    if small == 0:
        return 5 if len(word) == 1 else 4
    if big == 1 and word[0].isupper():
        return 2 if begins_sentence(text, start) else 3
    return 6


def begins_sentence(text, start):
    before = text[:start].rstrip(" \t")
    return not before or before[-1] in SENTENCE_ENDS or before[-1] in "\r\n"


def token_types(text, offsets):
    """Types of the tokens at `offsets`; those of special tokens are empty."""
    result, kinds, at = [], forms(text), 0
    for start, end in offsets:
        if start == end:
            result.append(0)
            continue
        between = text[at:start]
        gap = 2 if start == 0 or "\n" in between else int(start > at)
        at = end
        result.append(FORMS * gap + next((kinds[i] for i in range(start, end) if kinds[i]), 0))
    return result
