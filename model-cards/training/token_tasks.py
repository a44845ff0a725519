"""Classifiers of tokens as data: labels, what is left out together, own texts, settings."""

import random
from dataclasses import dataclass
from typing import Callable

import pii
import prose
import spans

PII_TYPES = (
    "AGE CREDIT_CARD DATE_TIME DOMAIN_NAME EMAIL_ADDRESS GPE IBAN_CODE IP_ADDRESS NRP ORGANIZATION "
    "PERSON PHONE_NUMBER STREET_ADDRESS TITLE US_DRIVER_LICENSE US_SSN ZIP_CODE"
).split()


@dataclass(frozen=True)
class TokenTask:
    """One classifier of tokens.

    fold: the number of the fold that leaves a row out, -1 for none. own: rows that are always
    trained on. variants: for a list of rows the same rows otherwise, one list per epoch. length:
    tokens at which a text is cut. window: tokens that are read together by the server; hardly any
    text of train has more, and in longer ones names are lost.
    """

    name: str
    labels: tuple
    fold: Callable
    own: Callable
    variants: Callable
    shapes: bool = False
    length: int = 160
    window: int = 96
    first: int = 0
    rank: int = 32
    alpha: int = 64
    epochs: int = 2
    rate: float = 1.5e-3
    decay: float = 0.02
    dropout: float = 0.1
    masked: float = 0.05
    smoothing: float = 0.02
    batch_tokens: int = 3072
    own_count: int = 9000


def number_of(template):
    """(language, kind, number) of a template's name such as train-en-p12."""
    _, language, name = template.split("-")
    return language, name[0], int(name[1:])


ROMANCE, GERMANIC = ("fr", "es", "it", "pt"), ("de", "nl", "pl")


def pii_fold(row):
    """Four folds: an encyclopedia, requests around which values were put, and templates.

    A fold of templates leaves out every second English one and one half of the other languages,
    so that no fold has seen the words around its values.
    """
    if row["group"] == "wikigold":
        return 0
    if row["template"] == "compose":
        return 1
    if row["lang"] != "en":
        return 2 if row["lang"] in ROMANCE else 3
    return 2 + number_of(row["template"])[2] % 2


def pii_own(seed, count):
    """Templates filled anew, and every own sentence as it is and with other names."""
    written = prose.rows()
    return pii.own_rows(seed, count) + written + pii.swapped(written, seed)


def pii_variants(rows, seed, epochs):
    """Other values in most of the rows, no capitals in some.

    Sentences of the encyclopedia come three times; of the many requests around which values were
    put, three in five come.
    """
    for epoch in range(epochs):
        picker = random.Random(seed + epoch)
        taken = []
        for row in rows:
            if row["group"] == "wikigold":
                taken += [row] * 3
            elif row["template"] != "compose" or picker.random() < 0.6:
                taken.append(row)
        other = pii.swapped(taken, seed + 100 * epoch)
        made = []
        for row, swapped in zip(taken, other):
            pick = row if picker.random() < 0.4 else swapped
            small = pick["text"].lower()
            if picker.random() < 0.06 and len(small) == len(pick["text"]):
                pick = pick | {"text": small}
            made.append(pick)
        yield made


PII = TokenTask(
    name="pii",
    labels=spans.labels_of(PII_TYPES),
    fold=pii_fold,
    own=pii_own,
    variants=pii_variants,
    shapes=True,
)

TOKEN_TASKS = {task.name: task for task in (PII,)}
