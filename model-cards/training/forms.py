"""What a text looks like, as numbers: length, figures, formulas, the words it opens and ends with.

A task may ask its training to foretell these from the pooled vector as well (`Task.forms`): the
classifier then has at hand what the trunk, made for meaning, would let go. No file holds them.
"""

import math
import re

import torch

LIMIT = 3.0
ASKING = ("what", "who", "when")
ORDERING = ("find", "calculate", "compute", "determine")
SAYING = (" not ", "which of the following", "statement", "except", "prove", "show that")
SIGNS = ("=", "(", "___", "?")


def form(text):
    low, words = text.lower(), re.findall(r"\w+", text)
    size, count = max(1, len(text)), max(1, len(words))
    length = math.log(size)
    digits = sum(c.isdigit() for c in text) / size
    return [
        length,
        length**2,
        length * digits,
        digits,
        math.log(count),
        sum(map(len, words)) / count,
        sum(len(word) > 8 for word in words) / count,
        sum(c.isupper() for c in text) / size,
        math.log1p(len(re.findall(r"\d+", text))),
        *(math.log1p(text.count(sign)) for sign in "$\\.\n"),
        *(float(sign in text) for sign in SIGNS),
        *(float(words in low) for words in SAYING),
        *(float(text.endswith(sign)) for sign in "?.:"),
        float(low.startswith(ASKING)),
        float(low.startswith(ORDERING)),
        float(low.startswith(("a ", "an "))),
    ]


def forms(texts):
    """[texts, numbers], each of zero mean and unit variance, cut at LIMIT."""
    numbers = torch.tensor([form(text) for text in texts])
    spread = numbers.std(0).clamp_min(1e-6)
    return ((numbers - numbers.mean(0)) / spread).clamp(-LIMIT, LIMIT)
