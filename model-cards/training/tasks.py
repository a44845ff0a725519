"""The tasks as data: labels, how long texts are read, what is left out together, own texts."""

import re
import zlib
from collections import defaultdict
from dataclasses import dataclass
from typing import Callable

import attacks
import languages
import pasted
import prompts
import subjects
from parts import TEXTS


@dataclass(frozen=True)
class Task:
    """One classifier.

    weight: how much a row counts. ranked: the value by which rows are to be put in order, or None
    for a row that takes no part in that; `ranking` is the weight of that loss, `forming` the one of
    foretelling what texts look like (forms.py).
    words: whether words vote besides (words.py).
    folds: for cross-validation, lists of (source, group) left out together, "" for any group;
    or a function that gives a row a key, rows of one key staying together in one of `fold_count`.
    """

    name: str
    labels: tuple
    folds: list | Callable
    pooling: str = "mean"
    length: int = 128
    windows_max: int = 3
    first: int = 4
    rank: int = 16
    alpha: int = 32
    epochs: int = 3
    rate: float = 2e-3
    decay: float = 0.02
    dropout: float = 0.1
    hidden: float = 0.1
    smoothing: float = 0.05
    evening: float = 0.5
    own: Callable = lambda rows, seed: []
    target: Callable | None = None
    weight: Callable = lambda row: 1.0
    ranked: Callable = lambda row: None
    ranking: float = 0.0
    forming: float = 0.0
    part: Callable = lambda row: row["group"]
    shift_groups: tuple = ()
    fold_count: int = 5
    words: bool = False


# Groups whose texts of less than PLANTED characters are put into own documents (pasted.py).
ORDERS = ("own-override", "own-extraction", "own-markup", "own-foreign", "own-order")
ORDERS += ("direct-injection", "prompt-extraction", "social-engineering")
REQUESTS = ("tool-query", "utterance", "exam", "safe", "qa", "code", "hard-benign")
REQUESTS += ("own-meta", "own-foreign", "own-sentence")
PLANTED = 220


def jailbreak_own(rows, seed):
    documents = [r for r in rows if r["group"] in ("long-document", "context-clean")]
    own = attacks.own_rows(seed, documents)
    short = [r for r in own + rows + attacks.inserts(seed) if len(r["text"]) < PLANTED]
    orders = [r for r in short if r["label"] == "jailbreak" and r["group"] in ORDERS]
    requests = [r for r in short if r["label"] == "benign" and r["group"] in REQUESTS]
    own += attacks.derived_rows(seed + 1, rows, documents)
    return own + prompts.harmless(seed) + pasted.own_rows(seed + 2, orders, requests)


def labelled_own(task, labels, draws):
    return lambda rows, seed: prompts.labelled(task, labels, seed, draws)


JAILBREAK = Task(
    name="jailbreak",
    labels=("benign", "jailbreak"),
    pooling="max",
    words=True,
    epochs=2,
    own=jailbreak_own,
    shift_groups=("hard-benign", "persona", "roleplay", "long-document", "context-clean"),
    folds=[
        [
            ("NVIDIA/garak", ""),
            ("yjw1029/Self-Reminder-Data", ""),
            ("Giskard-AI/prompt-injections", ""),
            ("f/awesome-chatgpt-prompts", ""),
        ],
        [
            ("JailbreakBench/artifacts", ""),
            ("clinc/oos-eval", ""),
            ("TIGER-AI-Lab/MMLU-Pro", ""),
            ("teknium1/GPTeacher", "code"),
        ],
        [("microsoft/BIPIA", ""), ("ulab-uiuc/LLMRouter", "")],
        [
            ("own templates", "direct-injection"),
            ("own templates", "direct-injection-de"),
            ("own templates", "direct-injection-es"),
            ("own templates", "direct-injection-fr"),
            ("own templates", "direct-injection-it"),
            ("own templates", "direct-injection-pt"),
            ("own templates", "direct-injection-zh"),
            ("own templates", "prompt-extraction"),
            ("own templates", "hard-benign"),
            ("HowieHwong/MetaTool", ""),
        ],
        [
            ("own templates", "social-engineering"),
            ("google-research-datasets/wiki-split", ""),
            ("teknium1/GPTeacher", "roleplay"),
        ],
        [
            ("compass-ctf-team/prompt_injection_research", ""),
            ("lmarena/arena-hard-auto", ""),
            ("own templates", "frames"),
        ],
    ],
)

FACT_LABELS = ("no_fact_check_needed", "needs_fact_check")


def fact_check_own(rows, seed):
    own = prompts.labelled("fact_check", FACT_LABELS, seed, 8)
    own += subjects.checked(seed, DOMAIN_LABELS, *FACT_LABELS)
    return own + prompts.played(FACT_LABELS[0], seed)


FACT_CHECK = Task(
    name="fact_check",
    words=True,
    labels=FACT_LABELS,
    own=fact_check_own,
    folds=[
        [
            ("google-research-datasets/natural-questions", ""),
            ("ulab-uiuc/LLMRouter", "search-question"),
            ("teknium1/GPTeacher", "roleplay"),
        ],
        [("ulab-uiuc/LLMRouter", "trivia"), ("teknium1/GPTeacher", "code")],
        [
            ("brmson/dataset-factoid-webquestions", ""),
            ("clinc/oos-eval", ""),
            ("f/awesome-chatgpt-prompts", ""),
        ],
        [("TIGER-AI-Lab/MMLU-Pro", ""), ("ulab-uiuc/LLMRouter", "math-code")],
        [
            ("abachaa/MedQuAD", ""),
            ("lmarena/arena-hard-auto", ""),
            ("google-research-datasets/wiki-split", ""),
        ],
        [("own templates", "knowledge"), ("own templates", "creative")],
    ],
)

FILLERS = re.compile(r"^(?:sorry but|hmm|well|ok|hey|wait|please)[, ]+")


def source_and_group(row):
    return row["source"], row["group"]


def opening(count):
    """A key that keeps texts together that begin alike: what templates of one frame do."""

    def key(row):
        text = row["text"].lower()
        while FILLERS.match(text):
            text = FILLERS.sub("", text)
        return row["group"], row["label"], " ".join(re.findall(r"\w+", text)[:count])

    return key


def feedback_key(row):
    if row["group"] == "dialogue-act":
        return "dialogue-act"
    return opening(2)(row)


FEEDBACK_LABELS = ("satisfied", "need_clarification", "wrong_answer", "want_different")
USER_FEEDBACK = Task(
    name="user_feedback",
    labels=FEEDBACK_LABELS,
    epochs=5,
    own=labelled_own("user_feedback", FEEDBACK_LABELS, 4),
    folds=feedback_key,
)


def modality_key(row):
    """Frames of templates stay together; whole sources of other texts do."""
    if row["group"] in ("image-request", "text-and-image", "hard-text", "frames"):
        return opening(2)(row)
    return row["source"], row["group"]


MODALITY_LABELS = ("AR", "DIFFUSION", "BOTH")
MODALITY = Task(
    name="modality",
    labels=MODALITY_LABELS,
    own=labelled_own("modality", MODALITY_LABELS, 5),
    folds=modality_key,
)

COMPLEXITY_LABELS = ("easy", "medium", "hard")
ANCHORS = (0.2, 0.6, 0.9)
OF_ONE_SCORE = 0.3


def complexity_part(row):
    return "mmlu-pro" if row["source"].startswith("TIGER") else row["group"]


def complexity_target(row):
    """Half the label, half what the score says between the anchors of the labels."""
    soft = [0.0] * 3
    score = row["score"]
    if score <= ANCHORS[0] or score >= ANCHORS[2]:
        soft[0 if score <= ANCHORS[0] else 2] = 1.0
    else:
        low = 0 if score < ANCHORS[1] else 1
        share = (score - ANCHORS[low]) / (ANCHORS[low + 1] - ANCHORS[low])
        soft[low], soft[low + 1] = 1 - share, share
    soft = [0.5 * s for s in soft]
    soft[COMPLEXITY_LABELS.index(row["label"])] += 0.5
    return soft


def complexity_weight(row):
    """Sources of one nominal score teach mostly what their texts look like."""
    return 1.0 if complexity_part(row) == "mmlu-pro" else OF_ONE_SCORE


def complexity_score(row):
    return row["score"] if complexity_part(row) == "mmlu-pro" else None


COMPLEXITY = Task(
    name="complexity",
    labels=COMPLEXITY_LABELS,
    part=complexity_part,
    target=complexity_target,
    weight=complexity_weight,
    ranked=complexity_score,
    ranking=0.5,
    forming=0.3,
    folds=source_and_group,
    fold_count=3,
    epochs=2,
    evening=0.0,
    smoothing=0.0,
)


DOMAIN_LABELS = tuple(
    "biology|business|chemistry|computer science|economics|engineering|health|history|law|math"
    "|other|philosophy|physics|psychology".split("|")
)


def domain_part(row):
    return "exam" if row["source"].startswith(("TIGER", "Alibaba")) else row["group"]


def domain_own(rows, seed):
    return (
        prompts.labelled("domain", DOMAIN_LABELS, seed, 10, noise=0.05)
        + languages.own_rows(seed, DOMAIN_LABELS)
        + subjects.own_rows(seed, DOMAIN_LABELS)
    )


DOMAIN = Task(
    name="domain",
    labels=DOMAIN_LABELS,
    words=True,
    first=2,
    smoothing=0.1,
    part=domain_part,
    own=domain_own,
    folds=source_and_group,
    fold_count=3,
)


def intent_labels():
    """All intents in the order of the classifier; the last one means none of them."""
    lines = (TEXTS / "intents.txt").read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if line[0] not in "#["]
    return tuple(" ".join(names).split())


def intent_own(rows, seed):
    """Plain questions about the world, which are no intent of an assistant or a bank."""
    return [
        row | {"label": "oos", "group": "own-questions"} for row in prompts.questions(seed)
    ]


def scattered(row):
    """A key of its own for every text: the kinds of text are known, the words are not."""
    return zlib.crc32(row["text"].encode())


INTENT = Task(
    name="intent",
    labels=intent_labels(),
    own=intent_own,
    folds=scattered,
    fold_count=2,
    epochs=8,
)

TASKS = {
    task.name: task
    for task in (DOMAIN, JAILBREAK, FACT_CHECK, USER_FEEDBACK, MODALITY, COMPLEXITY, INTENT)
}


def fold_of(task, rows):
    """For every row the number of the fold that leaves it out, or -1: it is always trained on."""
    if callable(task.folds):
        return keyed_folds(task, rows)
    place = {}
    for number, groups in enumerate(task.folds):
        for source, group in groups:
            place[source, group] = number

    def find(source, group):
        return place.get((source, group), place.get((source, ""), -1))

    return [find(r["source"], r["group"]) for r in rows]


def keyed_folds(task, rows):
    """Keys spread over the folds, the largest first, each to the emptiest fold."""
    keys = defaultdict(list)
    for i, r in enumerate(rows):
        keys[task.folds(r)].append(i)
    sizes, result = [0] * task.fold_count, [-1] * len(rows)
    for key in sorted(keys, key=lambda k: (-len(keys[k]), str(k))):
        fold = sizes.index(min(sizes))
        sizes[fold] += len(keys[key])
        for i in keys[key]:
            result[i] = fold
    return result


def left_out(row, fold, origin_folds):
    """Whether a row made of others stems from one that the fold leaves out."""
    return any(origin_folds.get(tuple(parent)) == fold for parent in row.get("parents", ()))
