import numpy as np
import pytest

from core.predict import predictions_of_test, standing

TEST = np.linspace(0.40, 0.60, 201)  # the middle half lies from 45% to 55%


@pytest.mark.parametrize(
    ("value", "place"),
    [(0.4449, "lower"), (0.4451, "usual"), (0.50, "usual"), (0.5549, "usual"), (0.5551, "higher")],
)
def test_the_middle_half_of_the_tests_predictions_is_usual(value, place):
    found = standing(value, TEST, classes=True)
    assert (found.place, found.low, found.high, found.rows) == (place, 0.45, 0.55, 201)


@pytest.mark.parametrize(("one", "other"), [(0.546, 0.554), (0.555001, 0.5649), (0.4351, 0.4449)])
def test_the_same_printed_number_has_the_same_words(one, other):
    """흑자전환 and 적자전환, both printed as 55%, were called once hardly different and once above."""
    assert f"{one:.0%}" == f"{other:.0%}"
    assert standing(one, TEST, classes=True) == standing(other, TEST, classes=True)


def test_the_share_is_of_the_predictions_that_print_otherwise_rounded_down():
    assert (np.round(TEST, 2) < 0.58).mean() == pytest.approx(0.8756, abs=1e-4)
    assert standing(0.58, TEST, classes=True).share == 0.87
    assert standing(0.42, TEST, classes=True).share == 0.87


def test_only_what_is_beyond_all_of_them_is_higher_than_all():
    many = np.linspace(0.40, 0.60, 2001)
    assert standing(0.61, many, classes=True).share == 1
    assert standing(0.60, many, classes=True).share == 0.97
    assert standing(0.39, many, classes=True).share == 1


def test_returns_are_compared_as_they_are_printed():
    returns = np.linspace(-0.004, 0.004, 81)
    assert standing(0.00204, returns, classes=False).place == "usual"
    assert standing(0.00206, returns, classes=False).place == "higher"
    assert str(standing(-0.00001, np.zeros(9), classes=False).low) == "0.0"


def test_where_all_predictions_are_the_same_that_one_is_usual():
    assert standing(0.5, np.full(20, 0.5), classes=True).place == "usual"
    assert standing(0.6, np.full(20, 0.5), classes=True).place == "higher"


def test_without_predictions_nothing_is_usual():
    assert standing(0.5, np.array([]), classes=True) is None


def test_the_ensembles_predictions_of_the_test_are_compared(run):
    test = run.predictions.test
    assert np.array_equal(predictions_of_test(run), test["mean"][:, -1])
    assert np.array_equal(predictions_of_test(run, 0), test["mean"][:, 0])
    with pytest.raises(ValueError, match="no class number -2"):
        predictions_of_test(run, -2)
