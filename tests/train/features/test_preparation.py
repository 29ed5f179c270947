import io

import numpy as np
import pandas as pd
import pytest

from core.train.features.preparation import Inputs, Preparation
from core.train.settings import OUTLETS


def table(**columns):
    return pd.DataFrame({name: np.asarray(values, float) for name, values in columns.items()})


def outlets(*names):
    return pd.Series(names, dtype="str")


def fit(features, press=None, vectors=None):
    return Preparation.fit(Inputs(vectors, features, press))


def test_a_missing_value_becomes_the_training_median_and_is_indicated():
    made = fit(table(x=[1, 2, 30, np.nan])).matrix(Inputs(None, table(x=[np.nan, 5]), None))
    assert made.tolist() == [[2, 1], [5, 0]]


def test_infinity_counts_as_missing():
    prepared = fit(table(x=[1, 2, 30, np.inf, -np.inf]))
    assert prepared.numbers.medians.tolist() == [2]
    assert prepared.numbers.flagged.tolist() == [True]


def test_a_number_too_large_for_float32_stays_finite():
    made = fit(table(x=[1, 2])).matrix(Inputs(None, table(x=[1e300]), None))
    assert np.isfinite(made).all()


def test_there_is_no_indicator_where_training_had_nothing_missing():
    made = fit(table(x=[1, 2, 30])).matrix(Inputs(None, table(x=[np.nan]), None))
    assert made.tolist() == [[2]]


def test_constant_and_all_missing_columns_are_dropped_and_listed():
    prepared = fit(table(same=[3, 3, 3], empty=[np.nan] * 3, x=[1, 2, 3]))
    assert prepared.dropped == ("same", "empty")
    assert prepared.features == ("x",)


def test_a_constant_that_is_sometimes_missing_keeps_its_indicator():
    made = fit(table(x=[1, np.nan, 1])).matrix(Inputs(None, table(x=[1, np.nan]), None))
    assert made[:, 1].tolist() == [0, 1]


def test_only_the_most_frequent_outlets_have_a_column_of_their_own():
    names = [f"신문{i:02}" for i in range(20) for _ in range(20 - i)]
    prepared = fit(table(x=range(len(names))), outlets(*names))
    assert prepared.levels == tuple(f"신문{i:02}" for i in range(OUTLETS))


def test_unseen_rare_and_missing_outlets_have_their_own_columns():
    prepared = fit(table(x=[1, 2]), outlets("가", "나"))
    made = prepared.matrix(Inputs(None, table(x=[1, 1, 1]), outlets("나", "처음", None)))
    assert made[:, 1:].tolist() == [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]


def test_an_outlet_no_training_row_had_is_told():
    prepared = fit(table(x=[1, 2]), outlets("가", "나"))
    assert prepared.unseen(outlets("가", "처음", None)).tolist() == [False, True, False]


def test_a_rare_outlet_without_a_column_is_not_unseen():
    names = [f"신문{i:02}" for i in range(20)]
    assert not fit(table(x=range(20)), outlets(*names)).unseen(outlets(*names)).any()


def test_every_column_belongs_to_its_group():
    prepared = fit(table(x=[1, np.nan], y=[1, 2]), outlets("가", "나"), np.zeros((2, 3), np.float32))
    assert prepared.groups == ("headline", "x", "y", "press")
    assert prepared.group_of.tolist() == [0, 0, 0, 1, 2, 1, 3, 3, 3, 3]
    assert len(prepared.columns) == len(prepared.group_of)


def test_vectors_alone_are_enough():
    prepared = fit(pd.DataFrame(index=range(2)), None, np.eye(2, dtype=np.float32))
    assert prepared.groups == ("headline",)
    assert prepared.matrix(Inputs(np.eye(2), pd.DataFrame(index=range(2)), None)).dtype == np.float32


def test_vectors_of_another_dimension_are_refused_with_both_numbers():
    prepared = fit(table(x=[1, 2]), None, np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match=r"5 numbers.*on 3"):
        prepared.matrix(Inputs(np.zeros((2, 5)), table(x=[1, 2]), None))


def test_a_feature_that_is_not_given_counts_as_missing():
    made = fit(table(x=[1, 2, 3], y=[1, 2, 4])).matrix(Inputs(None, table(y=[9]), None))
    assert made.tolist() == [[2, 9]]


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


def test_the_number_of_outlets_told_apart_is_a_choice():
    press = pd.Series(["가"] * 5 + ["나"] * 3 + ["다"], dtype="str")
    features = pd.DataFrame({"x": np.arange(9.0)})
    prepared = Preparation.fit(Inputs(None, features, press), own_columns=1)
    assert prepared.levels == ("가",)
    matrix = prepared.matrix(Inputs(None, features, press))
    other = prepared.columns.index("press=(other)")
    assert matrix[:, other].tolist() == [0] * 5 + [1] * 4
    assert not prepared.unseen(press).any()
    assert Preparation.from_arrays(prepared.to_arrays()).own_columns == 1


def vectors_of(n=60, dim=8):
    rng = np.random.default_rng(0)
    return (rng.normal(size=(n, dim)) * np.arange(dim, 0, -1) + 5).astype(np.float32)


def test_without_choices_the_matrix_is_vector_feature_indicator_and_outlet():
    v, f, p = vectors_of(3, 2), table(x=[1, np.nan, 3], k=[1, 1, 1]), outlets("가", "나", None)
    expected = np.hstack([v, [[1, 0], [2, 1], [3, 0]], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]]])
    assert np.array_equal(fit(f, p, v).matrix(Inputs(v, f, p)), expected.astype(np.float32))


def test_components_stand_for_the_vector_and_the_first_has_a_variance_of_one():
    v = vectors_of()
    rows = Inputs(v, table(x=range(60)), None)
    prepared = Preparation.fit(rows, components=3)
    made = prepared.matrix(rows)
    assert prepared.columns[:4] == ("headline[0]", "headline[1]", "headline[2]", "x")
    variance = made[:, :3].var(axis=0, ddof=1)
    assert variance[0] == pytest.approx(1, abs=1e-4)
    assert variance[0] > variance[1] > variance[2]
    assert prepared.of_headline.tolist() == [True] * 3 + [False]


def test_components_are_those_of_a_singular_value_decomposition():
    v = vectors_of()
    made = Preparation.fit(Inputs(v, table(x=range(60)), None), components=2).components
    axes = np.linalg.svd(v - v.mean(axis=0))[2][:2]
    cosines = np.abs((made.axes * axes).sum(axis=1)) / np.linalg.norm(made.axes, axis=1)
    assert cosines == pytest.approx(1, abs=1e-4)


def test_no_more_components_than_the_vector_has_numbers():
    v = vectors_of(60, 4)
    assert len(Preparation.fit(Inputs(v, table(x=range(60)), None), components=50).components.shares) == 4


def test_components_of_vectors_that_never_vary_are_zero():
    v = np.ones((30, 4), np.float32)
    rows = Inputs(v, table(x=range(30)), None)
    assert np.all(Preparation.fit(rows, components=2).matrix(rows)[:, :2] == 0)


def test_the_same_seed_finds_the_same_components():
    rows = Inputs(vectors_of(), table(x=range(60)), None)
    first, again = (Preparation.fit(rows, components=3, seed=7).components for _ in range(2))
    assert np.array_equal(first.axes, again.axes)


def test_a_vector_of_another_dimension_is_refused_with_components_too():
    prepared = Preparation.fit(Inputs(vectors_of(), table(x=range(60)), None), components=2)
    with pytest.raises(ValueError, match=r"5 numbers.*on 8"):
        prepared.matrix(Inputs(np.zeros((2, 5)), table(x=[1, 2]), None))


def test_tails_are_clipped_to_training_quantiles():
    prepared = Preparation.fit(Inputs(None, table(x=range(101)), None), winsor=0.1)
    made = prepared.matrix(Inputs(None, table(x=[-50, 50, 1000, np.nan]), None))
    assert made[:, 0].tolist() == [10, 50, 90, 50]


def test_a_rare_flag_is_not_clipped_away():
    flag = np.zeros(100)
    flag[:3] = 1
    prepared = Preparation.fit(Inputs(None, table(flag=flag), None), winsor=0.1)
    assert prepared.matrix(Inputs(None, table(flag=[1]), None)).tolist() == [[1]]


def test_arrays_keep_components_and_tails():
    v = vectors_of()
    rows = Inputs(v, table(x=range(60)), None)
    prepared = Preparation.fit(rows, components=3, winsor=0.1)
    again = Preparation.from_arrays(prepared.to_arrays())
    assert np.array_equal(again.matrix(rows), prepared.matrix(rows))


def test_what_an_earlier_version_saved_is_read():
    rows = Inputs(vectors_of(3, 2), table(x=[1, np.nan, 4]), outlets("가", "나", None))
    arrays = Preparation.fit(rows).to_arrays()
    earlier = ("dim", "features", "medians", "flagged", "dropped", "outlets", "own_columns")
    again = Preparation.from_arrays({name: arrays[name] for name in earlier})
    assert np.array_equal(again.matrix(rows), Preparation.fit(rows).matrix(rows))
