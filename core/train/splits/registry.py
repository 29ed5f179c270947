"""The splits: each one entry, with what pages, checks and reports need of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.data.dataset import Dataset
from core.locale import N_
from core.train.splits.partition import Splitter
from core.train.splits.splitters import CompanyHoldout, GroupHoldout, RandomHoldout, SessionHoldout

Make = Callable[[float, int, int, int], Splitter]


@dataclass(frozen=True)
class SplitRule:
    """A way to hold out the test.

    `title` is how a page offers it, `short` how a list names it; `make(test_share, horizon, embargo, seed)` returns its splitter.
    `ordered` says that the test lies after the training, so that walk-forward folds can stand before it;
    `needs` what a table must have for it: "sessions", "companies" or nothing. `caution` says what it
    inflates, empty for an honest one; `unseen` names the test in a sentence, with `{n}` of its rows or
    sessions; `random` says that a test of it shows leakage and no skill.
    """

    key: str
    title: str
    short: str
    make: Make
    unseen: str = N_("{n:,} rows of stories that it never saw")
    ordered: bool = False
    needs: str = ""
    caution: str = ""
    random: bool = False

    def possible(self, dataset: Dataset) -> bool:
        """Whether the table has what the split needs."""
        if self.needs == "sessions":
            return dataset.has_sessions
        return self.needs != "companies" or dataset.frame["company"].nunique() > 1


SPLITS: dict[str, SplitRule] = {
    rule.key: rule
    for rule in (
        SplitRule(
            "time",
            N_("by time: learn on earlier sessions, test on later ones"),
            N_("by time"),
            lambda share, horizon, embargo, _seed: SessionHoldout(share, horizon, embargo),
            unseen=N_("{n:,} sessions that it never saw"),
            ordered=True,
            needs="sessions",
        ),
        SplitRule(
            "group",
            N_("by group: near-duplicates and one company's session stay on one side"),
            N_("by story and event"),
            GroupHoldout,
            caution=N_(
                "The rows were split by group, so the models learn from sessions after those of the test too: "
                "split by time for a score that could have been had on the day."
            ),
        ),
        SplitRule(
            "company",
            N_("by company: whole companies are held out"),
            N_("by company"),
            CompanyHoldout,
            needs="companies",
            caution=N_(
                "Whole companies were held out, but other companies' headlines of the same sessions were learned "
                "from: the score is one for a new company, not for a new day."
            ),
        ),
        SplitRule(
            "random",
            N_("at random: shows what leakage does, not how good the model is"),
            N_("at random"),
            lambda share, _horizon, _embargo, seed: RandomHoldout(share, seed),
            caution=N_(
                "The rows were split at random: headlines of one session share an outcome and stand on both sides, "
                "so these scores are too good. Split by time for an honest one."
            ),
            random=True,
        ),
    )
}


def possible_splits(dataset: Dataset) -> list[SplitRule]:
    """Return the splits that a dataset allows, in the order in which they are offered."""
    return [rule for rule in SPLITS.values() if rule.possible(dataset)]


def default_split(dataset: Dataset) -> str:
    """Return the most honest split that a dataset allows: the first, by time where it has sessions."""
    return possible_splits(dataset)[0].key
