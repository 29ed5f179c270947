"""The leaderboard: every candidate that was tested on the same rows, with what can and what cannot be told apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from core.compare.candidate import Candidate, candidates
from core.compare.groups import Group, Grouped, grouped
from core.compare.pairwise import UNKNOWN, WORSE, Pair, growth, pair_of
from core.compare.ranks import Ranks, ranks
from core.compare.together import CHANCE, Together, together
from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.bootstrap import Interval
from core.evaluate.deflation import Deflated, deflated_best
from core.evaluate.ledger import looks_at, standard_error
from core.evaluate.ledger_file import SCORED, Entry
from core.evaluate.ledger_rows import Rows
from core.evaluate.lift import Lift
from core.evaluate.metrics import Metric, main_metric
from core.evaluate.predictions import Predictions
from core.jobs import Report, silent
from core.locale import N_
from core.train.run import Run
from core.train.runs import list_runs

TABLE_ALONE = "table_only"


@dataclass(frozen=True, eq=False)
class Place:
    """A candidate on the board: its score with the 95% interval, and where it stands.

    `rank` counts from 1 among those that a verdict may be given on; it is 0, and `ranks` None, where one is withheld.
    """

    candidate: Candidate
    score: Interval
    rank: int = 0
    ranks: Ranks | None = None

    @property
    def withheld(self) -> str:
        """Why no verdict is given on it, empty where there may be one."""
        return self.candidate.run.withheld

    @property
    def lift(self) -> Lift | None:
        """What the headlines add, of its run."""
        return self.candidate.run.lift


@dataclass(frozen=True, eq=False)
class Leaderboard:
    """The candidates of one group of runs, the best first, those without a verdict last.

    `all` holds the groups that there are. `together` has the candidates, the table alone as their runs had it, and chance
    in the same resamples, and `tables` the keys in it of what reads no headline; `other_tests` counts the tests of these
    rows that no run of the group made.
    """

    data: Dataset
    group: Group
    all: Grouped
    places: tuple[Place, ...]
    together: Together
    other_tests: int = 0
    tables: tuple[str, ...] = ()

    @property
    def metric(self) -> Metric:
        """What is compared."""
        return main_metric(self.group.settings.task)

    @property
    def best(self) -> Place:
        """The first: the best of those that a verdict may be given on, else the highest score."""
        return self.places[0]

    @property
    def ranked(self) -> tuple[Place, ...]:
        """The candidates that a verdict may be given on."""
        return tuple(place for place in self.places if place.rank)

    @property
    def withheld(self) -> str:
        """Why there is no verdict on any candidate, empty where there may be one."""
        return "" if self.ranked else self.best.withheld

    @property
    def enough(self) -> bool:
        """Whether the test has enough blocks for a verdict."""
        return self.together.evidence.enough

    @property
    def looks(self) -> int:
        """By how many tests the level of a verdict is made stricter: those that no run of the board made, and this one."""
        return 1 + self.other_tests

    @property
    def left_out(self) -> tuple[Run, ...]:
        """The runs that cannot be compared with those of the board."""
        return self.all.left_out(self.group)

    def place(self, key: str) -> Place:
        """Return the place of a candidate by its key; raises `UserError` where it is not on the board."""
        for place in self.places:
            if place.candidate.key == key:
                return place
        raise UserError(N_("There is no candidate {key} on this board."), key=key[:80])

    def row(self, place: Place) -> dict[str, object]:
        """Return what is known of a place as a row for a file: plain values, None where there is none."""
        candidate, standing = place.candidate, place.ranks
        settings, pair = candidate.run.settings, self.against_best.get(candidate.key)
        return {
            "run": candidate.run.id,
            "model": candidate.model,
            "features": settings.features,
            "encoder": settings.encoder,
            "pooling": settings.pooling if settings.reads_headline else "",
            "seed": settings.seed,
            "metric": self.metric.name,
            "score": place.score.value,
            "low": place.score.low,
            "high": place.score.high,
            "rank": place.rank or None,
            "rank_low": standing and standing.low,
            "rank_high": standing and standing.high,
            "rank_mean": standing and standing.mean,
            "first": standing and standing.first,
            "against_best": pair.verdict if pair else UNKNOWN if place.withheld else "",
            "difference": pair and pair.difference.value,
            "p_value": pair and pair.p_value,
            "withheld": str(Message(place.withheld)) if place.withheld else "",
        }

    def pair(self, one: str, other: str) -> Pair:
        """Compare two candidates by their keys, as one of all pairs of the board."""
        return self._pair(one, other, self.place(one).withheld or self.place(other).withheld)

    @cached_property
    def against_best(self) -> dict[str, Pair]:
        """Every other candidate against the best, by key."""
        best = self.best.candidate.key
        return {
            p.candidate.key: self.pair(p.candidate.key, best) for p in self.places if p.candidate.key != best
        }

    @cached_property
    def equals(self) -> tuple[Place, ...]:
        """The best and those that cannot be told from it; those without a verdict only where the best has none."""
        worse = {key for key, pair in self.against_best.items() if pair.verdict == WORSE}
        return tuple(
            p
            for p in self.places
            if p.candidate.key not in worse and bool(p.withheld) == bool(self.best.withheld)
        )

    @cached_property
    def against_chance(self) -> Pair:
        """The best against a guess, as one of all pairs of the board."""
        return self._pair(self.best.candidate.key, CHANCE, self.best.withheld)

    @cached_property
    def against_table(self) -> Pair | None:
        """The best against the best of the table alone, as one of all pairs; None where no run had a table."""
        if not self.tables:
            return None
        scores = dict(zip(self.together.keys, self.together.values, strict=True))
        table = max(self.tables, key=lambda key: scores[key])
        return self._pair(self.best.candidate.key, table, self.best.withheld)

    @cached_property
    def deflated(self) -> Deflated | None:
        """The best score less the luck of choosing it of all candidates and all other tests of these rows."""
        place = self.best
        entry = Entry(
            SCORED,
            place.candidate.run.id,
            self.group.key,
            metric=self.metric.name,
            value=None if math.isnan(place.score.value) else place.score.value,
            se=standard_error(place.score),
            tests=len(self.places) + self.other_tests,
        )
        return deflated_best([entry], self.metric.name)

    def _pair(self, one: str, other: str, withheld: str) -> Pair:
        """Compare two columns as one of all pairs, while the board grew run by run."""
        counted = self.together.comparisons * growth(len(self.group.runs))
        return pair_of(self.together, one, other, counted, self.looks, withheld)


def leaderboard(
    data: Dataset,
    runs: Sequence[Run],
    report: Report = silent,
    group: str = "",
    hidden: Sequence[Run] = (),
) -> Leaderboard:
    """Rank what runs of a table, newest first, offer: those of a `group` by its key, else of the largest.

    `hidden` runs, such as `archived_beside` returns, have no place, but they were compared too and count as such. Raises
    `UserError` where there is no run that can be read, and whatever `report` raises.
    """
    found = grouped([*runs, *hidden])
    chosen = found.showing(runs).chosen(group)
    if chosen is None:
        raise UserError(N_("There is no run to compare yet: train the models first."))
    told = {run.id: chosen.predictions(run) for run in chosen.runs}
    compared = [each for each in candidates(chosen.runs) if each.model in told[each.run.id].models]
    away = {run.id for run in hidden}
    offered = [each for each in compared if each.run.id not in away]
    if not offered:
        raise UserError(N_("No run of this group has a score that can be compared."))
    values = {each.key: told[each.run.id][each.model] for each in compared}
    tables = _tables(chosen, told)
    scored = together(chosen.tested, data, chosen.settings, values | tables, report)
    every = [Place(each, scored.score(each.key)) for each in offered]
    every.sort(key=lambda place: -place.score.value)  # both main metrics are better where higher
    known = [place for place in every if not place.withheld]
    standing = ranks(scored, [place.candidate.key for place in known])
    ranked = [
        replace(
            place,
            rank=1 + sum(other.score.value > place.score.value for other in known),
            ranks=standing[place.candidate.key],
        )
        for place in known
    ]
    tables_alone = [
        *tables,
        *(p.candidate.key for p in ranked if p.candidate.run.settings.features == "table"),
    ]
    return Leaderboard(
        data,
        chosen,
        found.showing(runs),
        (*ranked, *(place for place in every if place.withheld)),
        scored,
        _other_tests(data, chosen),
        tuple(tables_alone),
    )


def archived_beside(runs: Sequence[Run], data: Dataset) -> tuple[Run, ...]:
    """Return the other runs of the table, newest first: they are put away, but they were compared with these."""
    ids = {run.id for run in runs}
    return tuple(run for run in list_runs(data.id, archived=True) if run.id not in ids)


def _tables(group: Group, told: Mapping[str, Predictions]) -> dict[str, np.ndarray]:
    """Return what the table alone predicted in runs that read more than the table, once where several say the same."""
    made: dict[bytes, tuple[str, np.ndarray]] = {}
    for run in group.runs:
        if run.withheld or TABLE_ALONE not in told[run.id].models:
            continue
        values = told[run.id][TABLE_ALONE]
        made.setdefault(values.tobytes(), (f"{run.id}:{TABLE_ALONE}", values))
    return dict(made.values())


def _other_tests(data: Dataset, group: Group) -> int:
    """Return how many tests of any of these rows were made by no run of the group."""
    own = {run.id for run in group.runs}
    rows = Rows.of(data, group.tested.positions(data))
    return sum(access.tests for access in looks_at(rows, data.id) if access.run_id not in own)
