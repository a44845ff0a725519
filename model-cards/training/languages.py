"""Own prompts of all subjects in languages that the trunk hardly reads, out of languages.txt.

The trunk was made for English. Without such texts a classifier takes every prompt of another
language for one and the same subject.
"""

import random

from parts import Parts

DRAWS = 12
OTHER = "other"
FREE = ("creative", "errand")


def own_rows(seed, labels):
    """For every language and label its whole prompts, and DRAWS questions about topics of it."""
    picker = random.Random(seed)
    parts = Parts("languages.txt", picker)
    sections = parts.sections
    texts = {}
    for language in sorted({name.split("-")[0] for name in sections}):
        for label in labels:
            subject = f"{language}-{label.replace(' ', '-')}"
            free = [f"{language}-{kind}" for kind in FREE]
            names = free if label == OTHER else [subject + "-whole"]
            texts |= {text: label for name in names for text in sections.get(name, ())}
            if label != OTHER:
                texts |= {asked(picker, sections, language, subject): label for _ in range(DRAWS)}
    return [
        {"text": text, "label": label, "source": "own text", "group": "own-languages"}
        for text, label in texts.items()
    ]


def asked(picker, sections, language, subject):
    """A question of a language about one topic of a subject, or two."""
    first, second = picker.sample(sections[subject], 2)
    frame = picker.choice(sections[f"{language}-ask"])
    return frame.replace("{topic}", first).replace("{topic2}", second)
