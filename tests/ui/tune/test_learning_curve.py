"""The sizes of a learning curve as a reader types them."""

import pytest

from core.errors import UserError
from core.ui.tune.curves import DRAWN, means
from core.ui.tune.learning_curve import sizes


def test_shares_have_a_percent_sign_and_numbers_of_texts_have_none():
    assert sizes("20%, 100 %,500") == [0.2, 1.0, 500]
    assert isinstance(sizes("500")[0], int)


@pytest.mark.parametrize("typed", ["a fifth", "0", "120%", "-5", "0.5", "", " , "])
def test_what_is_no_size_is_refused(typed):
    with pytest.raises(UserError):
        sizes(typed)


def test_losses_are_drawn_as_means_of_neighbouring_steps_that_end_at_the_last():
    ends, drawn, size = means(tuple(float(n) for n in range(130)))
    assert size == 3
    assert len(drawn) <= DRAWN
    assert ends[0] == 3
    assert ends[-1] == 130
    assert drawn[0] == 1.0
    assert means((0.5,)) == ([1], [0.5], 1)
