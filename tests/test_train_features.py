import io

import numpy as np
import pandas as pd
import pytest

from core.train.features import Preparation
from core.train.settings import OUTLETS


def table(**columns):
    return pd.DataFrame({name: np.asarray(values, float) for name, values in columns.items()})


def outlets(*names):
    return pd.Series(names, dtype="str")


def fit(features, press=None, vectors=None):
    return Preparation.fit(vectors, features, press)


def test_a_missing_value_becomes_the_training_median_and_is_indicated():
    made = fit(table(x=[1, 2, 30, np.nan])).matrix(None, table(x=[np.nan, 5]), None)
    assert made.tolist() == [[2, 1], [5, 0]]


def test_infinity_counts_as_missing():
    prepared = fit(table(x=[1, 2, 30, np.inf, -np.inf]))
    assert prepared.medians.tolist() == [2]
    assert prepared.flagged.tolist() == [True]


def test_a_number_too_large_for_float32_stays_finite():
    made = fit(table(x=[1, 2])).matrix(None, table(x=[1e300]), None)
    assert np.isfinite(made).all()


def test_there_is_no_indicator_where_training_had_nothing_missing():
    made = fit(table(x=[1, 2, 30])).matrix(None, table(x=[np.nan]), None)
    assert made.tolist() == [[2]]


def test_constant_and_all_missing_columns_are_dropped_and_listed():
    prepared = fit(table(same=[3, 3, 3], empty=[np.nan] * 3, x=[1, 2, 3]))
    assert prepared.dropped == ("same", "empty")
    assert prepared.features == ("x",)


def test_a_constant_that_is_sometimes_missing_keeps_its_indicator():
    made = fit(table(x=[1, np.nan, 1])).matrix(None, table(x=[1, np.nan]), None)
    assert made[:, 1].tolist() == [0, 1]


def test_only_the_most_frequent_outlets_have_a_column_of_their_own():
    names = [f"신문{i:02}" for i in range(20) for _ in range(20 - i)]
    prepared = fit(table(x=range(len(names))), outlets(*names))
    assert prepared.levels == tuple(f"신문{i:02}" for i in range(OUTLETS))


def test_unseen_rare_and_missing_outlets_have_their_own_columns():
    prepared = fit(table(x=[1, 2]), outlets("가", "나"))
    made = prepared.matrix(None, table(x=[1, 1, 1]), outlets("나", "처음", None))
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
    assert prepared.matrix(np.eye(2), pd.DataFrame(index=range(2)), None).dtype == np.float32


def test_vectors_of_another_dimension_are_refused_with_both_numbers():
    prepared = fit(table(x=[1, 2]), None, np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match=r"5 numbers.*on 3"):
        prepared.matrix(np.zeros((2, 5)), table(x=[1, 2]), None)


def test_a_feature_that_is_not_given_counts_as_missing():
    made = fit(table(x=[1, 2, 3], y=[1, 2, 4])).matrix(None, table(y=[9]), None)
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
    rows = (np.zeros((2, 2)), table(x=[np.nan, 1], z=[1, 1]), outlets("나", None))
    assert np.array_equal(again.matrix(*rows), prepared.matrix(*rows))


def test_the_number_of_outlets_told_apart_is_a_choice():
    press = pd.Series(["가"] * 5 + ["나"] * 3 + ["다"], dtype="str")
    features = pd.DataFrame({"x": np.arange(9.0)})
    prepared = Preparation.fit(None, features, press, own_columns=1)
    assert prepared.levels == ("가",)
    matrix = prepared.matrix(None, features, press)
    other = prepared.columns.index("press=(other)")
    assert matrix[:, other].tolist() == [0] * 5 + [1] * 4
    assert not prepared.unseen(press).any()
    assert Preparation.from_arrays(prepared.to_arrays()).own_columns == 1
