"""The training loop: from an encoder and labelled texts to the encoder with the best weights, and its curves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.embed.checkpoint.fingerprint import fingerprint
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.tune.examples import Examples, Parts
from core.tune.history import History, Point
from core.tune.settings import TRIPLET, TuneSettings
from core.tune.training.batches import balanced_batches, sorted_batches
from core.tune.training.checkpoint import Checkpoint, Progress, key_of
from core.tune.training.evaluation import evaluate
from core.tune.training.gradients import gradients, seed_part
from core.tune.training.memory import halved
from core.tune.training.model import Trainable
from core.tune.training.objective import objective_of, positive_class
from core.tune.training.optimiser import Optimiser

if TYPE_CHECKING:
    from torch import Tensor

REPORT_EVERY = 0.25  # seconds
WATCH_EVERY = 2.0


def fit(
    model: Trainable,
    examples: Examples,
    parts: Parts,
    settings: TuneSettings,
    report: Report = silent,
    folder: Path | None = None,
    watch: Callable[[History], None] = lambda history: None,
    stop: Callable[[], bool] = lambda: False,
) -> History:
    """Train on `parts.train`, choose the epoch on `parts.valid`, leave the best weights in the model.

    A head starts from logistic regression on the encoder as it is; what is measured, chosen and left are the
    weights' running averages; at the end the head's temperature is fitted on `parts.valid`. `folder` holds the
    checkpoint, written after each epoch and every 2 minutes: called again with the same arguments, the training goes
    on from it and ends with the same weights; None writes none. `watch` gets the curves so far, `stopped` empty;
    `stop()` true ends the training after the step and keeps the best weights. `report` may raise `Cancelled` at any
    step. Raises `UserError` where the loss is no number any more, or not even one text fits into memory.
    """
    import torch

    device = [torch.cuda.current_device()] if model.device == "cuda" else []
    with torch.random.fork_rng(device):
        return _Run(
            model, examples, parts, settings.resolved(model.card), report, folder, watch, stop
        ).whole()


class _Run:
    """One training, as far as it is."""

    def __init__(
        self,
        model: Trainable,
        examples: Examples,
        parts: Parts,
        settings: TuneSettings,
        report: Report,
        folder: Path | None,
        watch: Callable[[History], None],
        stop: Callable[[], bool],
    ) -> None:
        self.model, self.settings, self.report, self.watch, self.stop = model, settings, report, watch, stop
        report(0.0, N_("Reading the texts"))
        self.tokens = tuple(model.tokens(column) for column in examples.columns)
        self.labels = examples.labels if examples.classes else examples.labels.astype(np.float32)
        self.train, self.valid = self._usable(examples, parts.train), self._usable(examples, parts.valid)
        if not len(self.train):
            raise UserError(N_("There are no texts to train on."))
        self.objective = objective_of(model, settings, self.labels[self.train])
        self.lengths = np.sum([column.lengths[self.train] for column in self.tokens], axis=0)
        self.per_epoch = len(self._batches(1))
        if not self.per_epoch:
            raise UserError(
                N_("Triplets need classes with two texts at least to train on, and there are none.")
            )
        self.total = settings.epochs * self.per_epoch
        self.optimiser = Optimiser(model.model, model.head, settings, self.total, model.device)
        self.progress = Progress(physical=min(settings.batch_size, len(self.train)))
        self.best: dict[str, Tensor] = {}
        self.waiting: list[Tensor] = []  # losses still on the device
        self.checkpoint = Checkpoint(folder, self._key()) if folder else None
        self.clock = self.reported = self.watched = time.perf_counter()

    def _usable(self, examples: Examples, rows: np.ndarray) -> np.ndarray:
        if self.settings.loss != "multiple_negatives":
            return rows
        positive: np.ndarray = rows[examples.labels[rows] == positive_class(examples.classes)]
        return positive

    def _key(self) -> str:
        facts = {"settings": self.settings.as_dict(), "encoder": fingerprint(self.model.card)}
        facts |= {"classes": self.model.classes, "dtype": self.model.dtype, "device": self.model.device}
        return key_of(facts, [*(column.ids for column in self.tokens), self.labels, self.train, self.valid])

    def _batches(self, epoch: int) -> list[np.ndarray]:
        """Return the epoch's batches of positions in `self.train`."""
        size, seed = self.settings.batch_size, self.settings.seed
        if self.settings.method == TRIPLET:
            return balanced_batches(self.labels[self.train], size, seed, epoch)
        return sorted_batches(self.lengths, size, seed, epoch)

    def whole(self) -> History:
        """Train to the end, from the checkpoint where there is one."""
        if not self._resume():
            self._start_head()
        progress, known = self.progress, 0
        batches: list[np.ndarray] = []
        self.model.train(True)
        self._restart_clock()
        while not progress.stopped:
            epoch, place = divmod(progress.step, self.per_epoch)
            if known != epoch + 1:
                known, batches = epoch + 1, self._batches(epoch + 1)
            self._step(self.train[batches[place]])
            asked = self.stop()
            if place + 1 == self.per_epoch or asked:
                self._epoch_ends(epoch + 1, asked)
            else:
                self._tell(epoch + 1)
        self.model.train(False)
        if self.best:
            self.optimiser.load(self.best)
        self.model.soften_head(self.tokens, self.labels, self.valid)
        return self.history()

    def _start_head(self) -> None:
        report, template = self.report, N_("Starting the head")
        self.model.start_head(self.tokens, self.labels, self.train, lambda *_, **__: report(0.0, template))

    def _step(self, examples: np.ndarray) -> None:
        progress, device = self.progress, self.model.device
        labels = self.labels[examples]

        def embed(some: np.ndarray, number: int) -> list[Tensor]:
            seed_part(device, self.settings.seed, progress.step, number)
            pooled = [self.model.pooled(column.batch(some, device)) for column in self.tokens]
            return pooled

        def attempt(part: int) -> Tensor:
            return gradients(self.objective, embed, examples, labels, part, device, self.model.adversary)

        loss, progress.physical = halved(attempt, progress.physical, device, self.optimiser.clear)
        self.optimiser.step(progress.step)
        self.waiting.append(loss)
        progress.step += 1
        progress.texts += len(examples) * len(self.tokens)

    def _epoch_ends(self, epoch: int, asked: bool) -> None:
        self._settle()
        progress = self.progress
        self.report(self._fraction(), N_("Epoch {epoch}: measuring on the validation texts"), epoch=epoch)
        with self.optimiser.averaged() as weights:
            point = self._measured(epoch)
            progress.points.append(point)
            if self._is_best(point):
                progress.best_epoch = epoch
                self.best = {name: weight.to("cpu", copy=True) for name, weight in weights.items()}
                if self.checkpoint:
                    self.checkpoint.write_best(epoch, self.best)
        patience = self.settings.patience
        if progress.step == self.total:
            progress.stopped = "done"
        elif asked:
            progress.stopped = "asked"
        elif patience and epoch - progress.best_epoch >= patience:
            progress.stopped = "early"
        self._save()
        self.watch(self.history())
        self.model.train(True)
        self._restart_clock()

    def _measured(self, epoch: int) -> Point:
        progress, chosen = self.progress, np.random.default_rng(self.settings.seed)
        count = min(len(self.valid), len(self.train))
        some = self.train[np.sort(chosen.permutation(len(self.train))[:count])]
        on_valid, on_train = (
            evaluate(self.model, self.objective, self.settings, self.tokens, self.labels, rows)
            for rows in (self.valid, some)
        )
        since = progress.points[-1].step if progress.points else 0
        return Point(
            step=progress.step,
            epoch=epoch,
            loss=float(np.mean(progress.losses[since:])),
            valid_loss=on_valid.loss,
            score=on_valid.score,
            train_score=on_train.score,
            f1=on_valid.f1,
            seconds=progress.seconds,
        )

    def _is_best(self, point: Point) -> bool:
        """Return whether the last point is the best: by score, then by loss; without validation, the last one is."""
        best = next((one for one in self.progress.points if one.epoch == self.progress.best_epoch), None)
        if best is None or math.isnan(point.score) or math.isnan(best.score):
            return True
        return (point.score, -point.valid_loss) > (best.score, -best.valid_loss)

    def _tell(self, epoch: int) -> None:
        """Report, pass the curves on and write a checkpoint, each where its time has come."""
        now = time.perf_counter()
        if now - self.reported >= REPORT_EVERY:
            self._settle()
            self.report(
                self._fraction(),
                N_(
                    "Epoch {epoch} of {epochs}, step {step} of {steps}: loss {loss:.3f}, {speed:.0f} texts per second"
                ),
                epoch=epoch,
                epochs=self.settings.epochs,
                step=self.progress.step,
                steps=self.total,
                loss=self.progress.losses[-1],
                speed=self._speed(),
            )
            self.reported = now
        if now - self.watched >= WATCH_EVERY:
            self._settle()
            self.watch(self.history())
            self.watched = now
        if self.checkpoint and self.checkpoint.due:
            self._settle()
            self._save()
            self._restart_clock()

    def _settle(self) -> None:
        """Take the losses from the device and the time that has passed."""
        import torch

        if self.waiting:
            values = torch.stack(self.waiting).tolist()
            self.waiting.clear()
            if not all(map(math.isfinite, values)):
                raise UserError(
                    N_(
                        "The loss is no number any more: the training has diverged. Choose a smaller learning rate."
                    )
                )
            self.progress.losses += values
        now = time.perf_counter()
        self.progress.seconds += now - self.clock
        self.clock = now

    def _restart_clock(self) -> None:
        self.clock = time.perf_counter()

    def _save(self) -> None:
        if self.checkpoint:
            self.checkpoint.write(self.progress, self.optimiser.detached(), self.optimiser.state())

    def _resume(self) -> bool:
        """Go on from the checkpoint; return whether there is one."""
        found = self.checkpoint.read() if self.checkpoint else None
        if self.checkpoint is None or found is None:
            return False
        self.progress, weights, state = found
        self.optimiser.load(weights, state)
        if self.progress.best_epoch:
            self.best = self.checkpoint.read_best(self.progress.best_epoch)
        return True

    def _fraction(self) -> float:
        return self.progress.step / self.total

    def _speed(self) -> float:
        return self.progress.texts / self.progress.seconds if self.progress.seconds else 0.0

    def history(self) -> History:
        """Return the curves so far."""
        progress, model = self.progress, self.model
        everything: list[Any] = [*model.model.parameters(), *(model.head.parameters() if model.head else ())]
        return History(
            points=tuple(progress.points),
            losses=tuple(progress.losses),
            best_epoch=progress.best_epoch,
            stopped=progress.stopped,
            physical_batch=progress.physical,
            dtype=model.dtype,
            device=model.device,
            texts_per_second=self._speed(),
            seconds=progress.seconds,
            trained_parameters=sum(weight.numel() for weight in self.optimiser.weights.values()),
            all_parameters=sum(weight.numel() for weight in everything),
        )
