"""A training whose matrix does not fit in memory: what of the training context is done another way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, cast

import numpy as np

from core.errors import Message
from core.jobs import Report, part
from core.locale import N_
from core.train.context import TrainedModels, TrainingContext, require_columns
from core.train.features.inputs import Inputs
from core.train.features.outlets import PRESS
from core.train.features.preparation import Preparation
from core.train.models.baselines import average_return, class_shares, outlet_only, table_only
from core.train.models.combinations import STACK, Combiners, Reference
from core.train.models.ensemble import REFERENCE, Ensemble
from core.train.models.fusion import fusion_folds
from core.train.partitioned.blocks import MOST_ROWS, Blocks, whole
from core.train.partitioned.fitting import fit_models, out_of_fold
from core.train.partitioned.fusing import fit_fusion
from core.train.partitioned.memory import fits
from core.train.partitioned.share import Share
from core.train.partitioned.vectors import Repeated
from core.train.partitioned.workers import addresses, surviving, workers
from core.train.splits.plan import SplitPlan

CODE = "partitioned"
MOST_PREPARED = 200_000  # rows that the preparation is fitted on
PREDICTED_AT_ONCE = 20_000
NOTE = N_(
    "This table does not fit in the memory of one machine, so the models were trained in partitions of {rows:,} rows "
    "at most, held by Dask workers ({workers}): XGBoost and LightGBM through their own Dask interfaces, the random forest as "
    "XGBoost grows one. Shuffled headlines and the linear models of encoder and characters were left out, and nothing "
    "was searched for."
)
SAMPLED = N_(
    "The features were prepared on {rows:,} training rows drawn at random, as all would not fit in memory."
)


@contextmanager
def placed(context: TrainingContext, plan: SplitPlan) -> Iterator[TrainingContext]:
    """Yield the context as it is where a training on the largest split fits in memory, else one in partitions.

    The workers are those of the client in use (`core.train.partitioned.workers.using`), or one of this machine.
    """
    rows = max(len(split.train) for split in plan.splits)
    if fits(rows, columns_of(context)):
        yield context
        return
    vectors = context.inputs.vectors
    if isinstance(vectors, np.ndarray):
        vectors = cast(
            np.ndarray, Repeated.of(vectors, context.dataset.headlines)
        )  # it can be taken from like one
    own = {each.name: getattr(context, each.name) for each in fields(context)}
    own["inputs"] = context.inputs._replace(vectors=vectors)
    with workers() as client:
        yield PartitionedContext(**own, client=client)


def columns_of(context: TrainingContext) -> int:
    """Return about how many columns the matrix will have: of vectors, features and outlets."""
    vectors, settings = context.inputs.vectors, context.settings
    dim = 0 if vectors is None else settings.components or vectors.shape[1]
    return int(dim + 2 * context.inputs.features.shape[1] + (settings.outlets if settings.use_press else 0))


@dataclass(frozen=True, eq=False)
class PartitionedModels(TrainedModels):
    """Models that were trained in partitions; `table (n, columns)` is what the training rows hold beside the headline."""

    table: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    def predict(self, inputs: Inputs) -> dict[str, np.ndarray]:
        """Return what `TrainedModels.predict` does, some rows at a time."""
        made = []
        for start in range(0, len(inputs.features), PREDICTED_AT_ONCE):
            some = inputs.take(np.arange(start, min(start + PREDICTED_AT_ONCE, len(inputs.features))))
            made.append(TrainedModels.predict(self, some._replace(vectors=whole(some.vectors))))
        return {name: np.concatenate([each[name] for each in made]) for name in made[0]}


@dataclass(frozen=True, eq=False)
class PartitionedContext(TrainingContext):
    """A training context that keeps the matrix of the training rows in blocks on the workers of a Dask client."""

    searches: ClassVar[bool] = False
    client: Any = None

    def learn(self, train: np.ndarray, report: Report, inner: bool = False) -> TrainedModels:
        """Fit the models and their fusion on these rows, as `TrainingContext.learn` does."""
        preparation = self.preparation(train)
        sample = self.sample(train)
        calibrate = bool(self.classes) and self.settings.calibrate != "none"
        inputs = self.inputs.take(train)
        report(0, N_("Sending the partitions to the workers"))
        folds = [*sample.folds, (sample.fit, sample.valid), *fusion_folds(sample)]
        sets = [rows for fold in folds for rows in fold]
        blocks = surviving(self.client, _nothing, lambda: Blocks.of(self.client, preparation, inputs, sets))
        share = Share(blocks, sample, np.arange(len(train)))
        stacked = inner or calibrate
        whole_share = share if stacked else replace(share, sample=replace(sample, folds=()))
        ensemble = _ensemble(whole_share, part(report, 0.05, 0.7))
        table = self._table(preparation, inputs)
        fusion = fit_fusion(
            share, preparation.of_headline, table, self.table_parameters, part(report, 0.7, 1)
        )
        learned = PartitionedModels(
            train,
            preparation,
            whole_share.sample,
            ensemble,
            notes=_notes(blocks, len(train)),
            fusion=fusion,
            table=table,
        )
        return self.calibrated(learned) if calibrate else learned

    def preparation(self, train: np.ndarray) -> Preparation:
        """Return what the training rows prepare, or as many drawn from them as fit."""
        if len(train) > MOST_PREPARED:
            rng = np.random.default_rng(self.settings.seed)
            train = np.sort(rng.choice(train, MOST_PREPARED, replace=False))
        inputs = self.inputs.take(train)
        if not self.settings.components and inputs.vectors is not None:
            inputs = inputs._replace(vectors=inputs.vectors[:1])  # nothing but their dimension is learned
        made = Preparation.fit(inputs._replace(vectors=whole(inputs.vectors)), self.settings)
        require_columns(made)
        return made

    def _table(self, preparation: Preparation, inputs: Inputs) -> np.ndarray:
        """Return the columns that are not the headline's, `(n, columns)` float32."""
        kept, made = ~preparation.of_headline, []
        for start in range(0, len(inputs.features), PREDICTED_AT_ONCE):
            some = inputs.take(np.arange(start, min(start + PREDICTED_AT_ONCE, len(inputs.features))))
            made.append(preparation.matrix(some._replace(vectors=whole(some.vectors)))[:, kept])
        return np.concatenate(made)

    def baselines(
        self, learned: TrainedModels, test: np.ndarray, report: Report, quick: bool = False
    ) -> dict[str, np.ndarray]:
        """Return what the models have to beat, as far as it fits in memory: chance, the table and the outlet alone."""
        assert isinstance(learned, PartitionedModels)
        sample, preparation = replace(learned.sample, X=learned.table), learned.preparation
        sample = replace(sample, parameters=self.table_parameters)
        kept = ~preparation.of_headline
        outlet = preparation.of_group(PRESS)[kept]
        X = self._table(preparation, self.inputs.take(test))
        made: dict[str, np.ndarray] = {}
        if sample.classes:
            made["majority"] = class_shares(sample.y, sample.classes, len(test), sample.weight)
        else:
            made["average"] = average_return(sample.y, len(test), sample.weight)
        if kept.any() and not kept.all():
            if learned.fusion is None:
                none = np.zeros(X.shape[1], bool)
                made["table_only"] = table_only(sample, X, none, part(report, 0, 0.5))
            else:
                made["table_only"] = learned.fusion.predict_columns(X)
        if outlet.any() and len(kept) > outlet.sum():
            made["outlet_only"] = outlet_only(sample, X, outlet, part(report, 0.5, 1))
        return made


def _ensemble(share: Share, report: Report) -> Ensemble:
    """Fit each model on all rows of a share, and a stack where its sample has folds, as `Ensemble.fit` does."""
    import time

    sample = share.sample
    work = 1 + sum(len(fit) / len(sample.y) for fit, _ in sample.folds)
    models, seconds = fit_models(share, part(report, 0, 1 / work))
    if not sample.folds:
        rows = np.linspace(0, len(sample.y) - 1, min(REFERENCE, len(sample.y))).astype(int)
        inputs = share.blocks.inputs.take(rows)
        X = share.blocks.preparation.matrix(inputs._replace(vectors=whole(inputs.vectors)))
        reference = Reference({name: model.predict(X) for name, model in models.items()})
        return Ensemble(models, seconds, Combiners.fit(reference))
    start = time.perf_counter()
    rows, predictions = out_of_fold(share, part(report, 1 / work, 1))
    weight = None if sample.weight is None else sample.weight[rows]
    combiners = Combiners.fit(Reference(predictions, sample.y[rows], weight))
    seconds[STACK] = time.perf_counter() - start
    return Ensemble(models, seconds, combiners, (rows, predictions))


def _nothing() -> None:
    """Renew nothing: nothing was there before the blocks."""


def _notes(blocks: Blocks, rows: int) -> tuple[Message, ...]:
    found = [Message(NOTE, {"rows": MOST_ROWS, "workers": len(addresses(blocks.client))}, CODE)]
    if rows > MOST_PREPARED:
        found.append(Message(SAMPLED, {"rows": MOST_PREPARED}, "prepared_on_sample"))
    return tuple(found)
