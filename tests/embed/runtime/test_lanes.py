import pytest

from core.embed.runtime.lanes import in_lanes


@pytest.mark.parametrize("lanes", [1, 2, 4])
def test_results_come_in_order_from_any_number_of_lanes(lanes):
    assert list(in_lanes(lambda item: item * 10, range(50), lanes)) == [item * 10 for item in range(50)]


@pytest.mark.parametrize("lanes", [1, 2, 4])
def test_what_is_begun_and_not_read_is_one_item_more_than_there_are_lanes(lanes):
    taken = []
    results = in_lanes(str, (taken.append(item) or item for item in range(50)), lanes)
    for read in range(1, 20):
        next(results)
        assert len(taken) == read + lanes + 1
    results.close()
    assert len(taken) == 19 + lanes + 1


def test_an_error_of_the_work_is_raised_to_the_reader():
    results = in_lanes(lambda item: 1 // item, [1, 0, 1], 2)
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)
