import numpy as np

from core.train.features.inputs import Inputs
from tests.makers.feature_tables import fit, table


def test_a_missing_value_becomes_the_training_median_and_is_indicated():
    made = fit(table(x=[1, 2, 30, np.nan])).matrix(Inputs(None, table(x=[np.nan, 5]), None))
    assert made.tolist() == [[2, 1], [5, 0]]


def test_infinity_counts_as_missing():
    prepared = fit(table(x=[1, 2, 30, np.inf, -np.inf]))
    assert prepared.parts["features"].numbers.medians.tolist() == [2]
    assert prepared.parts["features"].numbers.flagged.tolist() == [True]


def test_a_number_too_large_for_float32_stays_finite():
    made = fit(table(x=[1, 2])).matrix(Inputs(None, table(x=[1e300]), None))
    assert np.isfinite(made).all()


def test_there_is_no_indicator_where_training_had_nothing_missing():
    made = fit(table(x=[1, 2, 30])).matrix(Inputs(None, table(x=[np.nan]), None))
    assert made.tolist() == [[2]]


def test_a_constant_that_is_sometimes_missing_keeps_its_indicator():
    made = fit(table(x=[1, np.nan, 1])).matrix(Inputs(None, table(x=[1, np.nan]), None))
    assert made[:, 1].tolist() == [0, 1]


def test_tails_are_clipped_to_training_quantiles():
    prepared = fit(table(x=range(101)), winsor=0.1)
    made = prepared.matrix(Inputs(None, table(x=[-50, 50, 1000, np.nan]), None))
    assert made[:, 0].tolist() == [10, 50, 90, 50]


def test_a_rare_flag_is_not_clipped_away():
    flag = np.zeros(100)
    flag[:3] = 1
    prepared = fit(table(flag=flag), winsor=0.1)
    assert prepared.matrix(Inputs(None, table(flag=[1]), None)).tolist() == [[1]]
