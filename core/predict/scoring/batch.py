"""Score a whole file of headlines by a run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.data.dataset import FEATURE, Dataset, Problem
from core.data.ingest import Choices, Intake
from core.data.library import load_dataset, saved_plan
from core.data.parse.typist import Typist
from core.data.plan import Cleaning, Exchange, Plan, Roles
from core.data.sessions import sessions_around, zone_of
from core.embed import embed
from core.errors import Message, UserError
from core.evaluate.predictions import MEAN
from core.jobs import Report, part, silent
from core.locale import N_
from core.predict.interval import Intervals
from core.predict.question import Question
from core.predict.scoring.cautions import Cautions, row_cautions
from core.predict.scoring.known import Known
from core.predict.sealed import open_rows
from core.train.features.inputs import Inputs
from core.train.features.registry import reads
from core.train.features.vector import HEADLINE
from core.train.models.parallel import cores, run_together
from core.train.run import Run

log = logging.getLogger(__name__)

WARNINGS = "warnings"  # the added column of their codes
_AT_ONCE = 10_000  # rows predicted in one go
_LANES = 4  # of which so many at the same time: each has a matrix of its own in memory


@dataclass(frozen=True, eq=False)
class Scored:
    """The file's rows that hold a headline, with a prediction each, and what the reader should know.

    `table` has the file's own columns and what `score_table` adds; `added` says what each added column is called in it
    (with a `_` where the file has a column of that name). `cautions` are the warnings of its rows. `asked` has what was
    read of each row: `headline`, `press`, `time` (NaT where unknown) and one column `feature.NAME` per feature.
    """

    table: pd.DataFrame
    problems: tuple[Problem, ...]
    added: Mapping[str, str]
    cautions: Cautions
    asked: pd.DataFrame

    def __len__(self) -> int:
        return len(self.table)

    def values(self, name: str) -> np.ndarray:
        """Return an added column, `(n,)`."""
        return np.asarray(self.table[self.added[name]].to_numpy())

    def question(self, place: int) -> Question:
        """Return what the row at a place asks."""
        row = self.asked.iloc[place]
        features = {
            str(name).removeprefix(FEATURE): float(value)
            for name, value in row.items()
            if str(name).startswith(FEATURE)
        }
        press = None if pd.isna(row["press"]) else str(row["press"])
        time = None if pd.isna(row["time"]) else row["time"].to_pydatetime()
        return Question(str(row["headline"]), press, None, time, features)


def score_table(
    run: Run,
    table: pd.DataFrame,
    choices: Choices | Roles | None = None,
    report: Report = silent,
    skip_sealed: bool = False,
    known: Known | None = None,
) -> Scored:
    """Predict every row of a table of text cells, whose roles are guessed where `choices` names none, or are given.

    The result has the file's own columns and then `row`, its number in the file; per model the probability of each class
    (`mean:승`) or the return (`mean`); `low` and `high`, the ends of the ensemble's interval for the last class or the
    return, where the run has one; and `warnings`, the codes of `Caution`. Features that the run knows and the file lacks
    count as missing. With `skip_sealed` the rows of a sealed holdout are left out. `known` is that of the run, where the
    caller has it.

    Raises:
        UserError: where the table has no headline column, a cell rule of `build_dataset` is broken, or a row is
            sealed: with the file's outcomes its prediction would give the score away.
    """
    report(0.0, N_("Reading {rows:,} headlines"), rows=len(table))
    intake = Intake([table])
    guessed = choices if isinstance(choices, Roles) else guess_columns(intake, choices)
    numeric = tuple(name for name in run.preparation.features if name in table.columns)
    wanted = replace(guessed, numeric=numeric, target=None, date=None, group=None)
    data = intake.build(Plan(wanted, cleaning=Cleaning(repeats="keep")), "")
    rows = data.frame["row"].to_numpy()
    clock = _clock(run, table, guessed)
    keep, closed = open_rows(data.headlines, lambda: clock.sessions(rows), rows, skip_sealed)
    data = replace(data, frame=data.frame[keep].reset_index(drop=True))
    rows, press = rows[keep], data.frame["press"] if run.settings.use_press else None
    vectors = None
    if HEADLINE in run.preparation.groups:
        encoding = part(report, 0.05, 0.8)
        vectors = embed(data.headlines, run.settings.encoder, run.settings.pooling, encoding).vectors
    time, unread = clock.times_read(run, rows)
    inputs = Inputs(vectors, data.features, press, data.frame["headline"], time)
    predicted = _predicted(run, inputs, part(report, 0.8, 0.9))
    table_of_run = _table_of(run)
    if known is None:
        known = Known.of(run, table_of_run)
    outlets = press if guessed.press else None
    beside = (clock.sessions(rows), vectors, data.frame["story"].to_numpy())
    cautions = row_cautions(
        known, data.headlines, data.features, outlets, *beside, report=part(report, 0.9, 0.99)
    )
    added = {"row": rows} | _columns(run, predicted) | _ends(run, table_of_run, predicted)
    named = {name: _free(name, table) for name in (*added, WARNINGS)}
    result = table.iloc[rows - 1].reset_index(drop=True)
    columns = pd.DataFrame({named[name]: values for name, values in added.items()})
    columns[named[WARNINGS]] = pd.Series(cautions.codes(), dtype="str")
    return Scored(
        pd.concat([result, columns], axis=1),
        (*data.problems, *closed, *unread, *_remarks(run, data.frame, numeric, press, table_of_run)),
        named,
        cautions,
        data.frame[["headline", "press", *(FEATURE + name for name in numeric)]].assign(time=clock.at(rows)),
    )


def guess_columns(intake: Intake, choices: Choices | None = None) -> Roles:
    """Return the roles of a table's columns, guessed where none was chosen; raises as `score_table` does."""
    return intake.propose(replace(choices or Choices(), horizon=1)).plan.roles


def _table_of(run: Run) -> Dataset | None:
    """Return the table that a run was trained on; None where it is not in the library any more."""
    try:
        return load_dataset(run.dataset_id)
    except UserError as error:
        log.info("the file is scored without the run's table: %s", error)
        return None


def _predicted(run: Run, inputs: Inputs, report: Report) -> dict[str, np.ndarray]:
    """Return what each model says, calibrated, of some rows at a time, on several cores."""
    rows = len(inputs.features)
    run.predict(inputs.take(np.arange(1)))  # the models are read from the disk, once

    def of(start: int) -> Callable[[Report], dict[str, np.ndarray]]:
        def work(reported: Report) -> dict[str, np.ndarray]:
            reported(0.0, N_("Predicting {rows:,} rows"), rows=rows)
            some = run.predict(inputs.take(np.arange(start, min(start + _AT_ONCE, rows))))
            reported(1.0, N_("Predicting {rows:,} rows"), rows=rows)
            return run.calibrated(some)

        return work

    parts = run_together([of(start) for start in range(0, rows, _AT_ONCE)], report, min(cores(), _LANES))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _ends(run: Run, data: Dataset | None, predicted: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the ends of the ensemble's interval; nothing where the run has none."""
    intervals = None if data is None else Intervals.of(run, data)
    if intervals is None:
        return {}
    ends = intervals.at(predicted[MEAN][:, -1] if run.classes else predicted[MEAN])
    return {"low": ends[:, 0], "high": ends[:, 1]}


@dataclass(frozen=True, eq=False)
class _Clock:
    """The times of a file's rows `(n,)` by the exchange of the run's table, and which have a time of day."""

    exchange: Exchange
    times: np.ndarray | None
    timed: np.ndarray
    unread: tuple[Problem, ...]

    def times_read(self, run: Run, rows: np.ndarray) -> tuple[pd.Series | None, tuple[Problem, ...]]:
        """Return the times of these rows where the run reads them, and which could not be read."""
        if self.times is None or not reads("time", run.settings.extras):
            return None, ()
        return pd.Series(self.times[rows - 1]), self.unread

    def at(self, rows: np.ndarray) -> np.ndarray:
        """Return the times of these rows, NaT where unknown."""
        nowhen = np.full(len(rows), np.datetime64("NaT", "s"))
        return nowhen if self.times is None else self.times[rows - 1]

    def sessions(self, rows: np.ndarray) -> np.ndarray:
        """Return the sessions of these rows: NaT where unknown, the day where the exchange has none."""
        if self.times is None:
            return np.full(len(rows), np.datetime64("NaT", "s"))
        found = self.times
        try:
            found = sessions_around(found, self.exchange).of(found, self.timed, self.exchange.untimed)
        except UserError as error:
            log.info("the days of the file stand for its sessions: %s", error)
        return np.asarray(found[rows - 1])


def _clock(run: Run, table: pd.DataFrame, roles: Roles) -> _Clock:
    plan = saved_plan(run.dataset_id)
    exchange = plan.exchange if plan else Exchange()
    if not roles.date:
        return _Clock(exchange, None, np.zeros(len(table), bool), ())
    typist = Typist(table, np.arange(1, len(table) + 1))
    times, timed = typist.times(roles.date, zone_of(exchange))
    return _Clock(exchange, times, timed, tuple(typist.problems))


def _columns(run: Run, predicted: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    if not run.classes:
        return predicted
    return {
        f"{name}:{label}": p[:, k] for name, p in predicted.items() for k, label in enumerate(run.classes)
    }


def _free(name: str, table: pd.DataFrame) -> str:
    while name in table.columns:
        name += "_"
    return name


def _remarks(
    run: Run,
    frame: pd.DataFrame,
    numeric: tuple[str, ...],
    press: pd.Series | None,
    table_of_run: Dataset | None,
) -> list[Problem]:
    remarks = []
    lacking = [name for name in run.preparation.features if name not in numeric]
    if lacking:
        template = N_("The file lacks these features, so they count as missing: {columns}.")
        remarks.append(Problem("missing_feature", Message(template, {"columns": ", ".join(lacking)}), ()))
    if press is not None and (unseen := run.preparation.unseen(press)).any():
        template = N_("Press outlets that the models have never seen count as “other”.")
        remarks.append(Problem("unseen_press", Message(template), tuple(frame["row"][unseen].tolist())))
    if table_of_run is None:
        template = N_(
            "The table of this run is not in the library any more, so ranges and precedents were not looked at."
        )
        remarks.append(Problem("no_table", Message(template), ()))
    return remarks
