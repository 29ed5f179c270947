"""What a typed cell is as text."""

import pytest

from core.data.formats.text_table import as_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (5930.0, "5930"),
        (0.1, "0.1"),
        (1e20, "1e+20"),
        (-0.0, "0"),
        (True, "true"),
        (10**20, "100000000000000000000"),
        ("\ud800x", "\ufffdx"),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        (b"\xea\xb0\x80", "가"),
        (float("inf"), "inf"),
    ],
)
def test_a_typed_cell_has_one_text(value, text):
    assert as_text(value) == text
