"""The splits: each one entry, with what pages, checks and reports need of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.data.dataset import Dataset
from core.locale import N_
from core.train.splits.holdouts import CompanyHoldout, GroupHoldout, RandomHoldout
from core.train.splits.partition import Splitter
from core.train.splits.splitters import SessionHoldout

Make = Callable[[float, int, int, int], Splitter]

UNDATED = N_(
    "The table has no dates, so headlines of one day may stand on both sides of the split: where they share an outcome "
    "or a topic, the scores are too good. Read them as an upper limit. A column of dates, in this file or in a second "
    "one joined to it, would let the test lie after the training."
)


@dataclass(frozen=True)
class SplitRule:
    """A way to hold out the test.

    `title` is how a page offers it, `short` how a list names it; `make(test_share, horizon, embargo, seed)` returns its splitter.
    `ordered` says that the test lies after the training, so that walk-forward folds can stand before it;
    `needs` what a table must have for it: "sessions", "companies" or nothing. `caution` says what it
    changes about the scores, empty where nothing; `unseen` names the test in a sentence, with `{n}` of its rows
    or sessions; `withholds` says why no verdict is given, since the test shows leakage and no skill, empty
    where one is. `undated` are the words that a table without dates has instead, by field.
    """

    key: str
    title: str
    short: str
    make: Make
    unseen: str = N_("{n:,} rows of stories that it never saw")
    ordered: bool = False
    needs: str = ""
    caution: str = ""
    withholds: str = ""
    undated: Mapping[str, Any] = field(default_factory=dict)

    def on(self, dated: bool) -> SplitRule:
        """Return the rule in the words of a table that has dates, or has none."""
        return self if dated else replace(self, **self.undated)

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
            N_("by group: whole sessions and near-duplicates stay on one side"),
            N_("by session and story"),
            GroupHoldout,
            unseen=N_("{n:,} rows that share no session and no story with its training"),
            caution=N_(
                "Whole sessions were held out at random, so the models learn from sessions after those of the test "
                "too: split by time for a score that could have been had on the day."
            ),
            undated={
                "title": N_("by story: near-duplicates stay on one side"),
                "short": N_("by story"),
                "unseen": N_("{n:,} rows of stories that it never saw"),
                "caution": UNDATED,
            },
        ),
        SplitRule(
            "company",
            N_("by company: companies that were never seen, on later sessions"),
            N_("by company"),
            CompanyHoldout,
            unseen=N_("{n:,} rows of companies that it never saw"),
            needs="companies",
            caution=N_(
                "Whole companies were tested on later sessions alone, so that no session stands on both sides: "
                "about half of the table is left out, and the models learn from fewer rows than in a split by time."
            ),
            undated={
                "title": N_("by company: companies that were never seen"),
                "caution": UNDATED,
            },
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
            withholds=N_(
                "the rows were split at random, so the models learned from the very sessions that they are tested on; "
                "split by time for an answer"
            ),
            undated={
                "caution": N_(
                    "The rows were split at random: retellings of one story stand on both sides, so these scores are "
                    "too good. Split by story for fairer ones; a split by time needs dates, which the table lacks."
                ),
                "withholds": N_(
                    "the rows were split at random, so retellings of one story stand in the training and in the test"
                ),
            },
        ),
    )
}


def possible_splits(dataset: Dataset) -> list[SplitRule]:
    """Return the splits that a dataset allows, in the order in which they are offered."""
    return [rule for rule in SPLITS.values() if rule.possible(dataset)]


def default_split(dataset: Dataset) -> str:
    """Return the most honest split that a dataset allows: the first, by time where it has sessions."""
    return possible_splits(dataset)[0].key
