import pytest

from core.errors import UserError
from core.settings import GIGABYTE, settings
from core.train.partitioned import memory


def test_a_training_needs_some_copies_of_its_matrix():
    assert memory.needed_bytes(1000, 400) == 1000 * 400 * 4 * memory.COPIES


def test_a_table_fits_where_what_it_needs_is_free(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: memory.needed_bytes(1000, 400))
    assert memory.fits(1000, 400)
    assert not memory.fits(1001, 400)


def test_the_environment_can_say_that_there_is_less_memory_than_is_free(monkeypatch):
    monkeypatch.delenv("HEADLINE_LAB_MEMORY_GB", raising=False)
    free = memory.free_bytes()
    monkeypatch.setenv("HEADLINE_LAB_MEMORY_GB", "1")
    assert memory.free_bytes() == min(GIGABYTE, memory.free_bytes())
    monkeypatch.setenv("HEADLINE_LAB_MEMORY_GB", "1000000")
    assert memory.free_bytes() == pytest.approx(free, rel=0.5)


def test_a_wrong_amount_of_memory_is_refused(monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_MEMORY_GB", "much")
    with pytest.raises(UserError, match="HEADLINE_LAB_MEMORY_GB"):
        settings()
