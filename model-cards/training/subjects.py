"""Own English texts of all subjects, out of subjects.txt.

Exams and templates hold each subject in a few forms and with the words of a few courses. These hold
topics of all its branches, asked about in many ways, exam questions, prompts as people type them,
and what they ask about at work and at home; of `math` also word problems, of `health` what patients
ask and names of rare illnesses; of `other` also errands for an assistant and role play, whose
subject is not what it is about.
"""

import random

from attacks import noisy
from parts import Parts

DRAWS = 2
NOISE = 0.05
WHOLE = ("exam", "whole", "forum", "problems", "questions", "everyday", "play")

# What wants checking, and what does not: calculations, errands and role play.
FACTS = ("what is {topic}", "tell me about {topic}", "Who came up with {topic}, and what for?")
FACTS += ("What is meant by {topic}?", "define {topic} and give two examples")
FACTS += ("how is {topic} used in practice", "why is {topic} important")
TOPICS_CHECKED = 50
CALCULATED = ("math", "computer science", "engineering")
UNCHECKED = ("math-exam", "math-whole", "other-everyday", "other-play")


def own_rows(seed, labels):
    """Of every label DRAWS questions about each of its topics, one about each of its rare ones,
    and all its whole texts.
    """
    picker = random.Random(seed)
    sections = Parts("subjects.txt", picker).sections
    rows = {}
    for label in labels:
        name = label.replace(" ", "-")
        topics, rare = sections[name], sections.get(f"{name}-rare", [])
        for topic in topics + rare:
            for frame in picker.sample(sections["ask"], DRAWS if topic in topics else 1):
                text = frame.replace("{topic2}", picker.choice(topics)).replace("{topic}", topic)
                rows[text] = row(picker, text, label, "asked")
        for kind in WHOLE:
            for text in sections.get(f"{name}-{kind}", ()):
                rows[text] = row(picker, text, label, kind)
    return list(rows.values())


def row(picker, text, label, kind):
    """A text as it was written, or as people mistype it."""
    written = noisy(picker, text) if kind != "exam" and picker.random() < NOISE else text
    return {"text": written, "label": label, "source": "own text", "group": f"own-{kind}"}


def checked(seed, labels, unneeded, needed):
    """The same for whether an answer wants checking: exams and facts do, the rest does not."""
    picker = random.Random(seed)
    sections = Parts("subjects.txt", picker).sections
    texts = {text: unneeded for name in UNCHECKED for text in sections[name]}
    for label in labels:
        if label not in CALCULATED:
            name = label.replace(" ", "-")
            texts |= {text: needed for text in sections[f"{name}-exam"]}
            for topic in picker.sample(sections[name], TOPICS_CHECKED):
                texts[picker.choice(FACTS).replace("{topic}", topic)] = needed
    return [row(picker, text, label, f"checked-{label}") for text, label in texts.items()]
