"""Own labelled prompts out of texts/TASK.txt, whose sections are the labels and the slots."""

import random
import re

from attacks import noisy
from parts import Parts


def labelled(task, labels, seed, draws, noise=0.12):
    """Up to `draws` fillings of every frame, as rows; some as people mistype them."""
    picker = random.Random(seed)
    parts = Parts(f"{task}.txt", picker)
    rows = {}
    for label in labels:
        for frame in parts.sections[re.sub("[_ ]", "-", label.lower())]:
            for _ in range(draws if "{" in frame else 2):
                text = parts.filled(frame, {}) if frame else ""
                if picker.random() < noise:
                    text = noisy(picker, text)
                elif picker.random() < 0.2:
                    text = text.lower().rstrip(".?")
                if text:
                    rows[text] = {
                        "text": text,
                        "label": label,
                        "source": "own text",
                        "group": f"own-{label}",
                    }
    return list(rows.values())


def harmless(seed, draws=1):
    """The prompts of all tasks together, for a guard to leave alone."""
    picker = random.Random(seed)
    found = {}
    for task in ("fact_check", "modality", "user_feedback"):
        parts = Parts(f"{task}.txt", picker)
        frames = [frame for section in parts.sections.values() for frame in section if frame]
        for text in (parts.filled(frame, {}) for frame in frames for _ in range(draws)):
            if len(text) > 12:
                found[text] = {
                    "text": text,
                    "label": "benign",
                    "source": "own text",
                    "group": "own-everyday",
                }
    return list(found.values())


def questions(seed, draws=2):
    """Questions of all subjects and questions about facts, as people ask them."""
    return labelled("fact_check", ("needs_fact_check",), seed, draws) + subjects(seed)


def subjects(seed):
    """Plain questions of all subjects."""
    every = Parts("domain.txt", random.Random(seed)).sections
    plain = [text for name, texts in every.items() if name != "figure" for text in texts]
    return [
        {"text": text, "label": "", "source": "own text", "group": "own"}
        for text in plain
        if "{" not in text
    ]


def played(label, seed, count=240):
    """Role play, briefs and fiction out of the harmless texts of the guard, for another task."""
    picker = random.Random(seed)
    parts = Parts("jailbreak-benign.txt", picker)
    made = {parts.one(picker.choice(["persona", "brief", "fiction"])) for _ in range(count)}
    return [
        {"text": text, "label": label, "source": "own text", "group": "own-played"}
        for text in sorted(made)
    ]
