"""What the tests of the pages share."""

import pytest

from core.errors import Message
from core.ui.evaluate import leakage

begins_itself = leakage._refusal


@pytest.fixture(autouse=True)
def no_staircase_in_the_background(monkeypatch):
    """Pages of shared workspaces begin no job of their own; a test of that sets `begins_itself` back."""
    monkeypatch.setattr(leakage, "_refusal", lambda run, data: Message("No staircase here."))
