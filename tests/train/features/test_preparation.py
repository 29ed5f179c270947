import io

import numpy as np

from core.train.features.block import FeatureOptions
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation
from tests.makers.feature_tables import fit, outlets, table, vectors_of


def test_every_column_belongs_to_its_group():
    prepared = fit(table(x=[1, np.nan], y=[1, 2]), outlets("가", "나"), np.zeros((2, 3), np.float32))
    assert prepared.groups == ("headline", "x", "y", "press")
    assert prepared.group_of.tolist() == [0, 0, 0, 1, 2, 1, 3, 3, 3, 3]
    assert len(prepared.columns) == len(prepared.group_of)


def test_a_feature_called_press_does_not_share_the_group_of_the_outlet():
    prepared = fit(table(press=[1, 2]), outlets("가", "나"))
    assert prepared.groups == ("feature.press", "press")


def test_arrays_keep_everything_without_pickle():
    prepared = fit(table(x=[1, np.nan, 4], z=[1, 1, 1]), outlets("가", "나", None), np.ones((3, 2)))
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **prepared.to_arrays())
    file.seek(0)
    again = Preparation.from_arrays(np.load(file, allow_pickle=False))
    assert again.columns == prepared.columns
    assert again.dropped == prepared.dropped
    rows = Inputs(np.zeros((2, 2)), table(x=[np.nan, 1], z=[1, 1]), outlets("나", None))
    assert np.array_equal(again.matrix(rows), prepared.matrix(rows))


def test_without_choices_the_matrix_is_vector_feature_indicator_and_outlet():
    v, f, p = vectors_of(3, 2), table(x=[1, np.nan, 3], k=[1, 1, 1]), outlets("가", "나", None)
    expected = np.hstack([v, [[1, 0], [2, 1], [3, 0]], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]]])
    assert np.array_equal(fit(f, p, v).matrix(Inputs(v, f, p)), expected.astype(np.float32))


def test_arrays_keep_components_and_tails():
    v = vectors_of()
    rows = Inputs(v, table(x=range(60)), None)
    prepared = Preparation.fit(rows, FeatureOptions(components=3, winsor=0.1))
    again = Preparation.from_arrays(prepared.to_arrays())
    assert np.array_equal(again.matrix(rows), prepared.matrix(rows))
