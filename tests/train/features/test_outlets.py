import numpy as np
import pandas as pd

from core.train.features.block import OUTLETS
from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation
from tests.makers.feature_tables import fit, outlets, table


def test_only_the_most_frequent_outlets_have_a_column_of_their_own():
    names = [f"신문{i:02}" for i in range(20) for _ in range(20 - i)]
    prepared = fit(table(x=range(len(names))), outlets(*names))
    assert prepared.parts["press"].levels == tuple(f"신문{i:02}" for i in range(OUTLETS))


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


def test_the_number_of_outlets_told_apart_is_a_choice():
    press = pd.Series(["가"] * 5 + ["나"] * 3 + ["다"], dtype="str")
    features = pd.DataFrame({"x": np.arange(9.0)})
    prepared = fit(features, press, outlets=1)
    assert prepared.parts["press"].levels == ("가",)
    matrix = prepared.matrix(Inputs(None, features, press))
    other = prepared.columns.index("press=(other)")
    assert matrix[:, other].tolist() == [0] * 5 + [1] * 4
    assert not prepared.unseen(press).any()
    assert Preparation.from_arrays(prepared.to_arrays()).parts["press"].own_columns == 1
