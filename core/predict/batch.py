"""Score a whole file of headlines by a run."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.data.dataset import Problem
from core.data.ingest import Choices, Intake
from core.data.library import saved_plan
from core.data.parse.typist import Typist
from core.data.plan import Cleaning, Exchange, Plan, Roles
from core.data.sessions import sessions_around, zone_of
from core.embed import embed
from core.errors import Message, UserError
from core.jobs import Report, silent
from core.locale import N_
from core.predict.sealed import open_rows
from core.train.features.inputs import Inputs
from core.train.features.registry import reads
from core.train.run import Run

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Scored:
    """The file's rows that hold a headline, with a prediction each, and what the reader should know."""

    table: pd.DataFrame
    problems: tuple[Problem, ...]


def score_table(
    run: Run,
    table: pd.DataFrame,
    choices: Choices | None = None,
    report: Report = silent,
    skip_sealed: bool = False,
) -> Scored:
    """Predict every row of a table of text cells, whose roles are guessed where `choices` names none.

    The result has the file's own columns and then `row` and per model the probability of each class
    (`mean:승`) or the return (`mean`). Features that the run knows and the file lacks count as missing. With
    `skip_sealed` the rows of a sealed holdout are left out.

    Raises:
        UserError: where the table has no headline column, a cell rule of `build_dataset` is broken, or a row is
            sealed: with the file's outcomes its prediction would give the score away.
    """
    intake = Intake([table])
    guessed = intake.propose(replace(choices or Choices(), horizon=1)).plan.roles
    known = run.preparation.features
    numeric = tuple(name for name in known if name in table.columns)
    wanted = replace(guessed, numeric=numeric, target=None, date=None, group=None)
    data = intake.build(Plan(wanted, cleaning=Cleaning(repeats="keep")), "")
    rows = data.frame["row"].to_numpy()
    clock = _clock(run, table, guessed)
    keep, closed = open_rows(data.headlines, lambda: clock.sessions(rows), rows, skip_sealed)
    data = replace(data, frame=data.frame[keep].reset_index(drop=True))
    vectors = embed(data.headlines, run.settings.encoder, run.settings.pooling, report).vectors
    press = data.frame["press"] if run.settings.use_press else None
    time, unread = clock.times_read(run, data.frame["row"].to_numpy())
    inputs = Inputs(vectors, data.features, press, data.frame["headline"], time)
    predicted = run.calibrated(run.predict(inputs))
    result = table.iloc[data.frame["row"].to_numpy() - 1].reset_index(drop=True)
    added = {"row": data.frame["row"].to_numpy()} | _columns(run, predicted)
    problems = [*data.problems, *closed, *unread, *_remarks(run, data.frame, numeric, press)]
    return Scored(pd.concat([result, _renamed(added, result)], axis=1), tuple(problems))


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


def _renamed(columns: dict[str, np.ndarray], table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {f"{name}_" if name in table.columns else name: values for name, values in columns.items()}
    )


def _remarks(
    run: Run, frame: pd.DataFrame, numeric: tuple[str, ...], press: pd.Series | None
) -> list[Problem]:
    remarks = []
    lacking = [name for name in run.preparation.features if name not in numeric]
    if lacking:
        template = N_("The file lacks these features, so they count as missing: {columns}.")
        remarks.append(Problem("missing_feature", Message(template, {"columns": ", ".join(lacking)}), ()))
    if press is not None and (unseen := run.preparation.unseen(press)).any():
        template = N_("Press outlets that the models have never seen count as “other”.")
        remarks.append(Problem("unseen_press", Message(template), tuple(frame["row"][unseen].tolist())))
    return remarks
