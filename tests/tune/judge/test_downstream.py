import json

import numpy as np
import pandas as pd
import pytest

from core.tune.examples import Examples, Parts
from core.tune.judge.downstream import Downstream, default_settings, downstream, plan_of
from tests.makers.train_tables import make_dataset, signal


def tuned_on(dataset, known=None):
    rows = np.arange(len(dataset)) if known is None else known
    frame = dataset.frame.iloc[rows]
    session = frame["session"].reset_index(drop=True)
    day = pd.factorize(session, sort=True)[0]
    examples = Examples(
        (list(frame["headline"]),),
        dataset.outcome("classify")[rows].astype(int),
        dataset.classes,
        frame["story"].to_numpy(),
        session,
        rows,
        dataset_id=dataset.id,
        from_outcome=True,
    )
    where = [np.flatnonzero(inside) for inside in (day < 13, (day >= 14) & (day < 17), day >= 18)]
    return examples, Parts(*where)


def test_the_split_is_the_tunings_and_rows_of_no_part_are_left_out():
    dataset, _ = signal()
    examples, parts = tuned_on(dataset, np.arange(10, len(dataset)))
    plan = plan_of(dataset, examples, parts, default_settings(dataset, examples))
    assert set(plan.holdout.test) == set(examples.rows[parts.test])
    assert set(plan.holdout.train) == set(examples.rows[np.r_[parts.train, parts.valid]])
    assert set(range(10)) <= set(plan.holdout.left_out)
    assert plan.settings.split == "time"
    assert plan.holdout.cut == dataset.frame["session"].iloc[plan.holdout.test].min()


def test_an_undated_table_is_split_by_story():
    dataset = make_dataset(["a", "b"] * 20, kind="label")
    examples, _ = tuned_on(dataset)
    assert default_settings(dataset, examples).split == "group"


@pytest.mark.slow
def test_vectors_that_carry_the_outcome_lift_more_than_noise():
    dataset, vectors = signal(n=480, noise=0.2)
    examples, parts = tuned_on(dataset)
    noise = np.random.default_rng(5).normal(size=vectors.shape).astype(np.float32)
    found = downstream(dataset, examples, parts, noise, vectors)
    assert found.metric == "auc"
    assert found.before.value < found.after.value
    assert found.difference.low > 0
    assert found.scores_after["mean"]["auc"].value - found.scores_before["mean"][
        "auc"
    ].value == pytest.approx(found.difference.value)
    assert set(found.scores_after) >= {"rf", "xgb", "lgbm", "mean"}
    plain = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert Downstream.from_dict(plain).as_dict() == found.as_dict()
