from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.jobs import silent
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation
from core.train.models.fusion import Fusion
from core.train.models.sample import Sample
from core.train.partitioned import blocks
from core.train.partitioned.blocks import Blocks
from core.train.partitioned.fusing import fit_fusion
from core.train.partitioned.share import Share

ROWS = 240
FOLDS = tuple((np.arange(k), np.arange(k + 5, k + 45)) for k in (90, 140, 190))


@pytest.mark.slow
@pytest.mark.parametrize("classes", [0, 2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_fusion_in_blocks_is_the_fusion_in_one_piece(one_worker, monkeypatch, classes, weighted):
    monkeypatch.setattr(blocks, "MOST_ROWS", 30)
    rng = np.random.default_rng(classes)
    vectors = rng.normal(size=(ROWS, 6)).astype(np.float32)
    features = pd.DataFrame({"x": rng.normal(size=ROWS), "flag": rng.integers(0, 2, ROWS)})
    signal = features["x"].to_numpy() + vectors[:, 0] + rng.normal(size=ROWS)
    y = 0.01 * signal if not classes else np.digitize(signal, [0, 1][: classes - 1]).astype(float)
    inputs = Inputs(vectors, features, None)
    preparation = Preparation.fit(inputs)
    headline = preparation.of_headline
    X = preparation.matrix(inputs)
    sample = Sample(
        X,
        y,
        np.arange(180),
        np.arange(190, ROWS),
        classes,
        0,
        weight=rng.uniform(0.5, 2, ROWS) if weighted else None,
        class_weight="balanced" if classes and weighted else "none",
        folds=FOLDS,
        models=("lgbm",),
    )
    sets = [rows for fold in FOLDS for rows in fold]
    made = Blocks.of(one_worker, preparation, inputs, sets)
    share = Share(made, replace(sample, X=X[:, :0]), np.arange(ROWS))
    ours = fit_fusion(share, headline, X[:, ~headline], {}, silent)
    theirs = Fusion.fit(sample, headline, {}, silent)
    assert ours is not None
    assert theirs is not None
    assert theirs.weight > 0
    assert ours.weight == pytest.approx(theirs.weight, rel=1e-6)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=1e-6, atol=1e-9)


def test_there_is_no_fusion_where_the_headline_has_no_column(one_worker):
    features = pd.DataFrame({"x": np.random.default_rng(0).normal(size=60)})
    inputs = Inputs(None, features, None)
    preparation = Preparation.fit(inputs)
    made = Blocks.of(one_worker, preparation, inputs, [np.arange(40), np.arange(40, 60)])
    sample = Sample(np.zeros((60, 0), np.float32), np.arange(60.0), np.arange(40), np.arange(40, 60), 0, 0)
    share = Share(made, sample, np.arange(60))
    table = preparation.matrix(inputs)
    assert fit_fusion(share, preparation.of_headline, table, {}, silent) is None
