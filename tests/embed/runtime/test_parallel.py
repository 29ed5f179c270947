import pytest

from core.embed.runtime.parallel import in_parallel


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_results_come_in_order_from_any_number_of_threads(threads):
    assert list(in_parallel(lambda item: item * 10, range(50), threads)) == [item * 10 for item in range(50)]


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_what_is_begun_and_not_read_is_one_item_more_than_there_are_threads(threads):
    taken = []
    results = in_parallel(str, (taken.append(item) or item for item in range(50)), threads)
    for read in range(1, 20):
        next(results)
        assert len(taken) == read + threads + 1
    results.close()
    assert len(taken) == 19 + threads + 1


def test_an_error_of_the_work_is_raised_to_the_reader():
    results = in_parallel(lambda item: 1 // item, [1, 0, 1], 2)
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)
