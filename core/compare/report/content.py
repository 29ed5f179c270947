"""What a report is written from: a run, its table, and what the stages have found of both; no word of it is said yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.compare.leaderboard import Leaderboard
from core.data.dataset import Dataset
from core.data.quality import QualityReport
from core.errors import Message
from core.evaluate.deflation import Deflated
from core.evaluate.leakage import Step
from core.evaluate.ledger_file import Entry
from core.explain import Contributions, Effect
from core.explain.global_words import Vocabulary
from core.maps import Agreement, MapSettings, Topics, Trust
from core.train.run import Run

STAIRCASE, REASONS, TOPICS, WORDS, MAP = (
    "staircase",
    "reasons",
    "topics",
    "words",
    "map",
)  # parts that may be missing


@dataclass(frozen=True, eq=False)
class LaidOut:
    """A map of every row: `places (rows, 2)`, how it was made, how far it may be trusted, and if neighbours agree."""

    places: np.ndarray
    settings: MapSettings
    trust: Trust
    agreement: Agreement | None


@dataclass(frozen=True, eq=False)
class Example:
    """A test row, at this position of the dataset's frame, that the ensemble told `right` or wrong.

    `said (classes,)` is its prediction, or `(1,)` the return; `outcome` a class number or a return. `place` is where it
    stands among the explained rows, -1 where it is not explained.
    """

    position: int
    right: bool
    said: np.ndarray
    outcome: float
    place: int = -1


@dataclass(frozen=True, eq=False)
class ReportContent:
    """All that a report says of a run.

    `plan` is how the table was made, as JSON; `steps` is the staircase, `effects` and `ranked` what topics and words do
    (`core.explain.rank_words`), `sealed` the positions of rows of which nothing may be told, `runs` those of the table,
    newest first, and `board` ranks those that were tested as the run was, None where there is no other. `missing` says of
    each part that is not there why it is not.
    """

    run: Run
    data: Dataset
    made: str
    quality: QualityReport
    plan: str
    runs: tuple[Run, ...]
    board: Leaderboard | None
    accesses: tuple[Entry, ...]
    deflated: Deflated | None
    sealed: np.ndarray
    steps: tuple[Step, ...] = ()
    found: Contributions | None = None
    topics: Topics | None = None
    effects: tuple[Effect, ...] = ()
    words: Vocabulary | None = None
    ranked: pd.DataFrame | None = None
    map: LaidOut | None = None
    examples: tuple[Example, ...] = ()
    missing: Mapping[str, Message] = field(default_factory=dict)
