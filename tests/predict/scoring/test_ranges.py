import numpy as np
import pandas as pd
import pytest

from core.predict import Range

RETURNS = Range.of(pd.Series([-0.09, 0.0, 0.01, 0.05, np.nan, np.inf]))


@pytest.mark.parametrize(
    ("typed", "meant"), [(-5.0, -0.05), (-9.0, -0.09), (0.5, 0.005), (3.0, 0.03), (40.0, 0.4)]
)
def test_a_percent_typed_for_a_fraction_is_asked(typed, meant):
    assert RETURNS.meant(typed) == meant


@pytest.mark.parametrize("typed", [None, 0.03, -0.09, -500.0, np.nan])
def test_what_lies_within_or_can_be_no_percent_either_is_not_asked(typed):
    assert RETURNS.meant(typed) is None


def test_a_column_that_holds_no_fractions_is_not_asked():
    assert Range.of(pd.Series([2.0, 50.0, 98.0])).meant(6500.0) is None


def test_infinite_and_missing_values_do_not_count():
    assert (RETURNS.low, RETURNS.high, RETURNS.median) == (-0.09, 0.05, 0.005)
    assert RETURNS.holds(None)
    assert RETURNS.holds(np.nan)
    assert not RETURNS.holds(0.06)


@pytest.mark.parametrize("values", [[], [np.nan], [np.inf]])
def test_a_column_without_numbers_knows_no_range(values):
    nothing = Range.of(pd.Series(values, dtype=float))
    assert nothing.holds(1e9)
    assert nothing.meant(-5.0) is None
    assert nothing.step > 0


def test_one_value_has_a_step():
    assert Range.of(pd.Series([3.0])).step > 0
