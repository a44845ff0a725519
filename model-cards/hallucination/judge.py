"""What chances of words say of an answer: its spans; and how right that is."""

from collections import defaultdict

import numpy as np

from measure import auroc, calibration_error
from rows import HALLUCINATED


def spans(answer, chances, opens, continues):
    """Runs of words of at least `continues`, of which one has `opens`; stops end a run."""
    runs, before = [], None
    for i, chance in zip(answer.kept, chances):
        if chance >= continues:
            word = answer.words[i]
            if before is not None and before == i - 1:
                runs[-1] = (runs[-1][0], word.end, max(runs[-1][2], chance))
            else:
                runs.append((word.start, word.end, chance))
            before = i
    return [run for run in runs if run[2] >= opens]


def verdict(answer, chances, score, cut):
    """Spans of an answer: none below the threshold, and where no word opens one the worst."""
    if score < cut["default"]:
        return []
    result = spans(answer, chances, cut["opens"], cut["continues"])
    if result or not chances:
        return result
    worst = max(range(len(chances)), key=lambda i: chances[i])
    word = answer.words[answer.kept[worst]]
    return [(word.start, word.end, chances[worst])]


def character_f1(answers, results, cut):
    right = said = wanted = 0
    for answer, (chances, score) in zip(answers, results):
        mine = {c for a, b, _ in verdict(answer, chances, score, cut) for c in range(a, b)}
        theirs = {c for s in answer.row["spans"] for c in range(s["start"], s["end"])}
        right, said, wanted = right + len(mine & theirs), said + len(mine), wanted + len(theirs)
    return 2 * right / max(1, said + wanted)


def figures(answers, results, cut):
    score = np.array([r[1] for r in results])
    wrong = np.array([a.row["label"] == HALLUCINATED for a in answers])
    flagged = score >= cut["default"]
    sure = np.where(flagged, score, 1 - score)
    return {
        "auroc": round(auroc(score, wrong), 4),
        "character_f1": round(character_f1(answers, results, cut), 4),
        "accuracy": round(float((flagged == wrong).mean()), 4),
        "false_positives": round(float(flagged[~wrong].mean()), 4),
        "ece": round(calibration_error(sure, flagged == wrong), 4),
    }


def judged(answers, results, cut):
    """Figures of all and of each group."""
    groups = defaultdict(list)
    for i, answer in enumerate(answers):
        groups[answer.row["group"]].append(i)
    report = {"all": figures(answers, results, cut)}
    for name, inside in sorted(groups.items()):
        some = [answers[i] for i in inside], [results[i] for i in inside]
        report[name] = figures(*some, cut)
    return report


def chosen(answers, results):
    """Thresholds of spans by the F1 of characters; the score of the whole is a probability."""
    best = None
    for opens in np.round(np.arange(0.2, 0.75, 0.05), 2):
        for continues in np.round(np.arange(0.1, opens + 0.01, 0.05), 2):
            cut = {"default": 0.5, "opens": opens, "continues": continues}
            value = character_f1(answers, results, cut)
            if best is None or value > best[0]:
                best = value, cut
    return {name: round(float(value), 2) for name, value in best[1].items()}
