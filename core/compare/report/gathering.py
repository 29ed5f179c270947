"""From a run and its table to all that a report says, in named steps; what takes long is left out unless asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np

from core.compare.groups import grouped
from core.compare.leaderboard import Leaderboard, archived_beside, leaderboard
from core.compare.report.content import MAP, REASONS, STAIRCASE, TOPICS, WORDS, LaidOut, ReportContent
from core.compare.report.examples import examples
from core.data.dataset import Dataset
from core.data.library import describe_sources
from core.data.plan import Plan
from core.data.quality import quality_report
from core.embed import vectors_if_stored
from core.errors import Message, UserError
from core.evaluate.deflation import deflated_best
from core.evaluate.leakage import Step
from core.evaluate.ledger import accesses, is_sealed, sealed_positions
from core.evaluate.metrics import main_metric
from core.explain import Contributions, explain_run, topic_effects
from core.explain.global_words import Vocabulary, collect_words, reads_headlines, saved_words
from core.explain.pipeline import saved_explanation
from core.explain.word_ranking import rank_words
from core.jobs import Report, part, silent
from core.locale import N_
from core.maps import (
    MapSettings,
    Topics,
    agreement,
    coordinates,
    load_or_none,
    map_key,
    map_trust,
    saved_topics,
    topics_of,
)
from core.train.leakage import draw_staircase, saved_staircase
from core.train.prepared import prepared_vectors
from core.train.run import Run
from core.train.run_notes import notes_of
from core.train.runs import list_runs

Thing = TypeVar("Thing")

_MAPS = ("umap", "tsne", "pca")  # the first that is saved is shown
_LEFT_OUT = {
    STAIRCASE: N_(
        "The leakage staircase has not been drawn for this run: open the run on the Evaluate page, then make the report again."
    ),
    REASONS: N_(
        "What moves the predictions has not been computed for this run: open the run on the Explain page, then make the "
        "report again."
    ),
    TOPICS: N_(
        "The headlines have not been sorted into topics: do so on the Explain page, then make the report again."
    ),
    WORDS: N_(
        "Which words move the predictions has not been computed: do so on the Explain page, then make the report again."
    ),
}
_NO_HEADLINES = N_(
    "The models of this run read no headline, so there are no topics, words or map of headlines."
)
_NO_VECTORS = N_(
    "The vectors of these headlines by the run's encoder are not on this machine any more, so this part is left out."
)
_NO_TOPICS = N_(
    "These headlines have no topics: they are too few, or two halves of them do not agree on any."
)
_LARGE = 100_000  # rows
_TOO_LARGE = N_(
    "The table is large, so no map was drawn for this report: draw one on the Maps page, then make the report again."
)
_UNDATED = N_("A staircase needs dates: it compares rows at random with rows in the order of time.")


def gather(run: Run, data: Dataset, complete: bool = False, report: Report = silent) -> ReportContent:
    """Collect all that a report says of a run and its table.

    What the stages have saved is taken; what is quick is computed (the table's quality, the map by principal
    components), and what takes long is left out with a reason in `missing`, or computed where the report is to be
    `complete`. A staircase that would count as a further test is not drawn for a report. Raises `ValueError` where the
    run was trained on another dataset, and whatever `report` raises.
    """
    if data.id != run.dataset_id:
        raise ValueError(f"run {run.id} was trained on dataset {run.dataset_id}, not on {data.id}")
    work = _Gathering(run, data, complete)
    report(0.0, N_("Looking the table through"))
    quality = quality_report(data, data.plan or Plan(data.roles))
    steps = work.steps(part(report, 0.1, 0.3))
    found = work.found(part(report, 0.3, 0.5))
    topics = work.topics(part(report, 0.5, 0.7))
    words = work.words(found, part(report, 0.7, 0.9))
    laid_out = work.map(part(report, 0.9, 0.95))
    saved = list_runs(data.id, archived=True)
    runs = tuple(one for one in saved if one.id == run.id or not notes_of(one.id).archived)
    seen = tuple(accesses(data.id, run.holdout)) if run.holdout else ()
    return ReportContent(
        run=run,
        data=data,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        quality=quality,
        plan=plan_json(data),
        runs=runs,
        board=_board(run, data, runs, part(report, 0.95, 1.0)),
        accesses=seen,
        deflated=None if work.holdout_sealed else deflated_best(seen, main_metric(run.task).name),
        sealed=work.sealed,
        steps=tuple(steps),
        found=found,
        topics=topics,
        effects=tuple(topic_effects(run, data, found, topics)) if found and topics else (),
        words=words,
        ranked=None if words is None else rank_words(words, run, data),
        map=laid_out,
        examples=examples(run, data, found, work.sealed),
        missing=work.missing,
    )


def _board(run: Run, data: Dataset, runs: tuple[Run, ...], report: Report) -> Leaderboard | None:
    """Rank the runs that were tested as this one was, as the Compare page does; None where there is no other."""
    hidden = archived_beside(runs, data)
    group = grouped([*runs, *hidden]).showing([run]).chosen()
    if group is None or len(group.runs) < 2:
        return None
    try:
        return leaderboard(data, runs, report, group.key, hidden)
    except UserError:  # none of them has a score that can be compared
        return None


def plan_json(data: Dataset) -> str:
    """Return how the table was made, with the names of its files and how they were read."""
    plan = data.plan.as_dict() if data.plan else {"roles": data.roles.as_dict()}
    try:
        files = describe_sources(data.id)
    except UserError:
        files = []
    return json.dumps({**plan, "files": files}, ensure_ascii=False)


def vectors_of(run: Run, data: Dataset) -> np.ndarray | None:
    """Return the vectors `(rows, dim)` that a run's models read; None where they read none, or any is missing here."""
    settings = run.settings
    if not settings.reads_headline:
        return None
    shipped = prepared_vectors(data.id, settings.encoder, settings.pooling)
    if shipped is not None:
        return shipped
    try:
        return vectors_if_stored(data.headlines, settings.encoder, settings.pooling)
    except UserError:
        return None


@dataclass
class _Gathering:
    """What is known of a run while its report is gathered; `missing` grows by what is not there."""

    run: Run
    data: Dataset
    complete: bool
    missing: dict[str, Message] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.vectors = vectors_of(self.run, self.data)
        self.sealed = sealed_positions(self.data)
        self.holdout_sealed = self.run.settings.sealed and is_sealed(self.data.id, self.run.holdout)

    def steps(self, report: Report) -> list[Step]:
        """Return the staircase."""
        if not self.data.has_sessions:
            self._none(STAIRCASE, _UNDATED)
            return []
        saved = saved_staircase(self.run)
        if saved or not self.complete or self.run.walk is None or not self._readable:
            if not saved:
                self._none(STAIRCASE, _LEFT_OUT[STAIRCASE])
            return saved or []
        made = self._tried(STAIRCASE, lambda: draw_staircase(self.run, self.data, self.vectors, report))
        return made or []

    def found(self, report: Report) -> Contributions | None:
        """Return the contributions to the test rows' predictions."""
        saved = saved_explanation(self.run)
        if saved is not None:
            return saved
        if not self._readable:
            self._none(REASONS, _NO_VECTORS)
            return None
        if not self.complete:
            self._none(REASONS, _LEFT_OUT[REASONS])
            return None
        return self._tried(REASONS, lambda: explain_run(self.run, self.data, self.vectors, report=report))

    def topics(self, report: Report) -> Topics | None:
        """Return the topics of the headlines."""
        vectors = self.vectors
        if vectors is None:
            self._none(TOPICS, self._why_none)
            return None
        known, found = saved_topics(self.data, vectors)
        if not known and self.complete:
            found = self._tried(TOPICS, lambda: topics_of(self.data, vectors, report=report))
            known = True
        if found is None and TOPICS not in self.missing:
            self.missing[TOPICS] = Message(_NO_TOPICS if known else _LEFT_OUT[TOPICS])
        return found

    def words(self, found: Contributions | None, report: Report) -> Vocabulary | None:
        """Return what the words of sampled headlines add."""
        if found is None or not reads_headlines(found):
            self._none(WORDS, _NO_HEADLINES if found else self.missing[REASONS].template)
            return None
        saved = saved_words(self.run, self.data, found)
        if saved is not None or not self.complete:
            if saved is None:
                self._none(WORDS, _LEFT_OUT[WORDS])
            return saved
        return self._tried(WORDS, lambda: collect_words(self.run, self.data, found, report=report))

    def map(self, report: Report) -> LaidOut | None:
        """Return the map of the headlines: a saved one, else by principal components."""
        vectors = self.vectors
        if vectors is None:
            self._none(MAP, self._why_none)
            return None
        offered = [MapSettings(method) for method in _MAPS]
        known = offered[:-1] if self.complete else offered
        saved = [one for one in known if load_or_none(map_key(vectors, one)) is not None]
        if not saved and not self.complete and len(self.data) > _LARGE:
            self._none(MAP, _TOO_LARGE)
            return None
        settings = next(iter(saved), offered[0] if self.complete else offered[-1])

        def lay_out() -> LaidOut:
            places = coordinates(vectors, settings, report)
            agreed = agreement(self.data, vectors, self.sealed)
            return LaidOut(places, settings, map_trust(vectors, places, settings), agreed)

        return self._tried(MAP, lay_out)

    @property
    def _readable(self) -> bool:
        return self.vectors is not None or not self.run.settings.reads_headline

    @property
    def _why_none(self) -> str:
        return _NO_VECTORS if self.run.settings.reads_headline else _NO_HEADLINES

    def _none(self, name: str, why: str) -> None:
        self.missing[name] = Message(why)

    def _tried(self, name: str, make: Callable[[], Thing]) -> Thing | None:
        try:
            return make()
        except UserError as error:
            self.missing[name] = error.message
            return None
