"""What scores mean, in words: of two classes one is meant, of three or more the mean over all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Message
from core.locale import N_


@dataclass(frozen=True)
class Meaning:
    """What a value of a metric means; `of_several` and `title_of_several` where three or more classes have their own.

    Parameters: `up`, the last class's name, `n`, the number of classes, and what a guess scores that gives each class
    the same probability: `even` (1/n), `even_brier` (1 - 1/n) and `even_loss` (ln n).
    """

    text: str = ""
    of_several: str = ""
    title_of_several: str = ""

    def of(self, classes: Sequence[str] = ()) -> Message:
        """Say it of the two or more `classes`, by name; of returns there are none."""
        n = len(classes)
        guess = {"even": 1 / n, "even_brier": 1 - 1 / n, "even_loss": math.log(n)} if n else {}
        template = (n > 2 and self.of_several) or self.text
        return Message(template, {"up": classes[-1] if n else "", "n": n, **guess})


UNSAID = Meaning()
AUC = Meaning(
    N_(
        "ROC AUC: of one that ended {up} and one that did not, how often the first is ranked higher. 0.5 is guessing, "
        "1 is perfect."
    ),
    N_(
        "ROC AUC, a mean over {n} classes: for each class, of one that ended in it and one that did not, how often the "
        "first is given more probability of that class. It is of no single class. 0.5 is guessing, 1 is perfect."
    ),
    N_("ROC AUC, mean over classes"),
)
PRECISION = Meaning(
    N_(
        "Of those ranked highest, the share that ended {up}, averaged over all cut-offs. Guessing scores the share of {up} "
        "among all, 1 is perfect."
    ),
    N_(
        "A mean over {n} classes, each against the rest: of those given the most probability of a class, the share that ended "
        "in it, averaged over all cut-offs. Guessing scores {even:.2f}, 1 is perfect."
    ),
    N_("Average precision, mean over classes"),
)
BALANCED = Meaning(
    N_(
        "The mean over {n} classes of the share of each that was told right, so that a rare class counts as much as a "
        "frequent one. Guessing scores {even:.0%}."
    ),
)
F1 = Meaning(
    N_(
        "The mean over {n} classes of each one's F1, which is high only where few of that class are missed and few alarms of "
        "it are false. A rare class counts as much as a frequent one; 1 is perfect."
    ),
)
MCC = Meaning(
    N_(
        "How far the predicted classes agree with what happened, between -1 and 1: 0 is guessing, 1 is perfect. High only "
        "where each of the {n} classes is told well."
    ),
)
LOG_LOSS = Meaning(
    N_(
        "Minus the logarithm of the probability given to what happened: 0 is perfect, {even_loss:.3f} is giving each of {n} "
        "classes the same."
    ),
)
BRIER = Meaning(
    N_(
        "The mean squared distance of the probability of {up} to what happened (1 or 0): 0 is perfect, 0.25 is always "
        "saying 50%."
    ),
    N_(
        "The squared distances of the probabilities to what happened (1 or 0), added up over {n} classes: 0 is perfect, "
        "{even_brier:.3f} is giving each class the same, 2 is the worst. Not to be compared with the score of two classes."
    ),
)
ECE = Meaning(
    N_(
        "How far the probability of {up} lies from the share that ended so, on average over groups: 0 is perfect."
    ),
    N_(
        "How far the probability of the most probable class lies from the share in which it came true, on average over groups: "
        "0 is perfect. The other classes are not looked at."
    ),
)
RANK_IC = Meaning(
    N_(
        "Rank information coefficient: how far the order of the predictions agrees with that of the returns. 0 is "
        "guessing, 1 is perfect."
    )
)
SPREAD = Meaning(
    N_(
        "The mean return of the fifth that is predicted highest, less that of the fifth predicted lowest. Rows that are "
        "predicted alike share their places; a prediction that is always the same has no fifths, and scores 0."
    )
)
