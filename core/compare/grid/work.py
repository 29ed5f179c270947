"""The tasks of a grid at work: handed to workers, and what comes back saved and counted.

Only this side writes: vectors into the store, test accesses into the ledger, runs into the workspace. So a worker that
dies costs the time of its tasks and nothing else.
"""

from __future__ import annotations

import logging
import time
import uuid
from typing import Any

from core.compare.candidate import candidates
from core.compare.grid.cells import working_seconds
from core.compare.grid.making import LOST, Making, Task, fault_of, making, split_alone
from core.compare.grid.plan import EMBEDDED_PER_SECOND, GridPlan
from core.compare.grid.record import DONE, FAILED, RUNNING, Steps
from core.compare.grid.tasks import Vectors, assemble_run, embed_batch, fit_split, hold
from core.embed.elsewhere import Missing, missing
from core.embed.pipeline import distinct_texts, vectors_if_stored
from core.errors import Message, UserError
from core.jobs import Report
from core.locale import N_
from core.settings import settings as app_settings
from core.train.fold_results import numbered
from core.train.recording import counted
from core.train.run import Run
from core.train.run_record import from_record
from core.train.runs import Saved, save_run
from core.train.seen import SeenTests, require_sealable, seen_tests
from core.train.settings import TrainSettings
from core.train.splits.plan import SplitPlan

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 0.2


class Work:
    """The tasks of one grid."""

    def __init__(
        self,
        plan: GridPlan,
        splits: dict[TrainSettings, SplitPlan],
        steps: Steps,
        client: Any,
        report: Report,
    ) -> None:
        self.plan, self.steps, self.client, self.report = plan, steps, client, report
        self.data = plan.data
        self.topic = f"grid-{uuid.uuid4().hex}"
        self.fractions: dict[str, float] = {}  # of tasks, by key
        self.making = {each: making(each, splits[split_alone(each)]) for each in plan.new}
        self.embedding: dict[str, tuple[Missing, dict[Task, int]]] = {}
        self.embedded = 0
        self.size = sum(each.size for each in self.making.values())
        self.table: Task | None = None

    def go(self) -> None:
        """Hand out all tasks and take in what comes back, until every run is done or has failed."""
        self.client.subscribe_topic(self.topic, self._hear)
        try:
            self.table = self._submit(hold, self.data)
            self._begin([each for each in self.making if not each.reads_headline])
            for encoder in dict.fromkeys(each.encoder for each in self.making if each.reads_headline):
                self._embed(encoder)
            while any(one.whole is not None for one in self.making.values()) or self.embedding:
                self._tell()
                time.sleep(SECONDS_BETWEEN_LOOKS)
                self._take_vectors()
                self._take_runs()
        finally:
            self._stop()

    def _hear(self, event: tuple[float, dict[str, Any]]) -> None:
        """Note how far a task is; called by a thread of the client's."""
        told = event[1]
        self.fractions[str(told["key"])] = float(told["fraction"])

    def _submit(self, function: Any, *args: Any, first: int = 0) -> Task:
        """Hand out a task; those that come `first` in a larger number are done later."""
        key = f"{function.__name__}-{uuid.uuid4().hex}"
        told = (self.topic, key) if function in (embed_batch, fit_split) else ()
        task: Task = self.client.submit(function, *args, *told, key=key, pure=False, priority=-first)
        return task

    def _embed(self, encoder: str) -> None:
        """Hand out the headlines that the store lacks; where it has all, begin the encoder's runs."""
        runs = [each for each in self.making if each.encoder == encoder]
        try:
            lacking = missing(self.data.headlines, encoder, self.plan.settings.poolings, self._told)
        except UserError as error:
            self._fail(runs, error.message)
            return
        if not lacking.batches:
            self._begin(runs)
            return
        tasks = {
            self._submit(embed_batch, encoder, lacking.space, lacking.dtype, texts): number
            for number, texts in enumerate(lacking.batches)
        }
        self.embedding[encoder] = lacking, tasks

    def _begin(self, runs: list[TrainSettings]) -> None:
        """Hand out the splits of some runs, whose vectors are in the store."""
        vectors: dict[tuple[str, str], Task] = {}
        for each in runs:
            try:
                place = each.encoder, each.pooling
                if each.reads_headline and place not in vectors:
                    vectors[place] = self._submit(hold, self._vectors(*place))
                one = self.making[each]
                seen = seen_tests(one.plan, each, each.reads_headline)
                require_sealable(seen, each)
            except UserError as error:
                self._fail([each], error.message)
                continue
            self._begin_run(one, vectors.get(place) if each.reads_headline else None, seen)

    def _begin_run(self, one: Making, vectors: Task | None, seen: SeenTests | None) -> None:
        turn = list(self.making).index(one.settings)
        one.folds = [
            self._submit(fit_split, self.table, vectors, one.settings, number, first=turn)
            for number, _split in numbered(one.plan.walk, one.plan.holdout)
        ]
        one.whole = self._submit(assemble_run, self.table, one.settings, seen, one.folds, first=turn)

    def _vectors(self, encoder: str, pooling: str) -> Vectors:
        """Return the vectors of the distinct headlines from the store; raises `UserError` where one is missing."""
        texts, rows = distinct_texts(self.data.headlines)
        found = vectors_if_stored(texts, encoder, pooling)
        if found is None:
            raise UserError(
                N_("Vectors of the encoder {name} were removed from the store meanwhile. Start again."),
                name=encoder,
            )
        return Vectors(found, rows)

    def _take_vectors(self) -> None:
        """Save the vectors that came back; begin the runs of an encoder that has all."""
        for encoder, (lacking, tasks) in list(self.embedding.items()):
            runs = [each for each in self.making if each.encoder == encoder]
            for future in [future for future in tasks if future.done()]:
                number = tasks.pop(future)
                if (fault := fault_of(future)) is not None:
                    self._fail(runs, fault)
                    self.client.cancel(list(tasks))
                    del self.embedding[encoder]
                    break
                lacking.keep(number, future.result())
                self.embedded += len(lacking.batches[number])
            else:
                if not tasks:
                    del self.embedding[encoder]
                    self._begin(runs)

    def _take_runs(self) -> None:
        """Count and save the runs that came back."""
        for each, one in self.making.items():
            if one.whole is None:
                continue
            if any(self.fractions.get(future.key) is not None for future in one.folds):
                self.steps.change(each, RUNNING)
            if not one.whole.done():
                continue
            if (fault := fault_of(one.whole)) is not None:
                self._fail([each], fault)
                continue
            try:
                run = self._record(one, one.whole.result())
                self.steps.change(each, DONE, run=run.id, seconds=working_seconds(run))
            except UserError as error:
                self._fail([each], error.message)
            one.whole, one.folds = None, []

    def _record(self, one: Making, made: Any) -> Run:
        """Count a run's tests and save it; those that the grid has still to make count for it too."""
        fields = dict(made.record)
        folder = app_settings().home / "runs" / str(fields["id"])
        run = from_record(fields, Saved(folder, tuple(fields["classes"]), tuple(fields["sizes"])))
        ahead = sum(
            self.plan.tests_of(each)
            for each, other in self.making.items()
            if other is not one and self._open(each)
        )
        run = counted(run, one.plan, tests=len(candidates([run])), ahead=ahead)
        save_run(run, made.files)
        return run

    def _open(self, settings: TrainSettings) -> bool:
        """Whether a run has still to be made."""
        step = next(step for step in self.steps.all if step.settings == settings)
        return step.state not in (DONE, FAILED)

    def _fail(self, runs: list[TrainSettings], reason: Message) -> None:
        for each in runs:
            self.steps.change(each, FAILED, reason=reason)
            self.making[each].whole, self.making[each].folds = None, []

    def _told(self, _fraction: float, template: str, /, **params: object) -> None:
        """Report at the fraction that the whole grid has reached."""
        self.report(self._fraction(), template, **params)

    def _tell(self) -> None:
        done = self.steps.number(DONE) + self.steps.number(FAILED)
        params = {"done": done, "total": len(self.making), "running": self.steps.number(RUNNING)}
        if not self._workers():
            self._told(0, N_("Grid: waiting for a worker; {done:,} of {total:,} runs are done"), **params)
        elif self.embedding:
            params["texts"] = self.embedded
            params["all"] = self.embedded + sum(
                len(lacking.batches[number])
                for lacking, tasks in self.embedding.values()
                for number in tasks.values()
            )
            template = N_(
                "Grid: {texts:,} of {all:,} headlines embedded; {done:,} of {total:,} runs are done"
            )
            self._told(0, template, **params)
        else:
            template = N_("Grid: {done:,} of {total:,} runs are done, {running:,} at work")
            self._told(0, template, **params)

    def _workers(self) -> int:
        """Return how many workers there are; raises `UserError` where the scheduler does not answer."""
        try:
            return int(self.client.scheduler_info(n_workers=0).get("n_workers", 1))
        except (OSError, TimeoutError, RuntimeError) as error:
            raise UserError(LOST) from error

    def _fraction(self) -> float:
        """Return the share of the whole work that is done, from the seconds that its parts are thought to take."""
        texts = self.embedded / EMBEDDED_PER_SECOND
        all_texts = sum(self.plan.headlines.values()) / EMBEDDED_PER_SECOND
        done = min(texts, all_texts)
        for each, one in self.making.items():
            if not self._open(each):
                done += one.size
                continue
            shares = [1.0 if f.done() else self.fractions.get(f.key, 0.0) for f in one.folds]
            done += 0.95 * one.size * sum(shares) / len(shares) if shares else 0.0
        return min(done / max(self.size + all_texts, 1e-9), 0.99)

    def _stop(self) -> None:
        """Take back what is not done, so that the workers of a cluster are free."""
        self.client.unsubscribe_topic(self.topic)
        left = [future for _lacking, tasks in self.embedding.values() for future in tasks]
        left += [future for one in self.making.values() for future in (*one.folds, one.whole) if future]
        if left:
            self.client.cancel(left, force=True)
        self.steps.stop()
