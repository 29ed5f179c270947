"""How predictions are scored where nobody chose it."""

import pytest

from core.evaluate.settings import default_unit
from tests.makers.quality_tables import balanced, news, table


@pytest.mark.parametrize(
    ("data", "unit"),
    [(balanced(30)[0], "event"), (table(news(30), [0.01] * 30)[0], "headline")],
    ids=["sessions", "none"],
)
def test_events_are_scored_where_there_are_sessions(data, unit):
    assert default_unit(data) == unit
