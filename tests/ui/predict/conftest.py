"""A small workspace of the test's own, and its predict page opened by an address."""

import shutil
from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from core.predict import Question
from core.predict.asked import history as store
from core.train import load_run
from core.ui.pages import PAGES
from tests.makers.apps import APP

HEADLINES = ("가온전자, 3분기 흑자전환", "새로운 공장", "가온전자 수주에 급등")


@pytest.fixture
def own_lab(small_lab, tmp_path, monkeypatch):
    """The small workspace, copied, so that a test may write into it."""
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    return small_lab


@pytest.fixture
def opened(own_lab):
    """Opens the predict page in a new session, by an address."""

    def open_page(language="en", state=None, **query):
        app = AppTest.from_file(str(APP), default_timeout=120)
        for name, value in {"language": language, **(state or {})}.items():
            app.session_state[name] = value
        app.run()
        app.switch_page(PAGES["predict"].file)
        for name, value in {**own_lab.link, **query}.items():
            app.query_params[name] = value
        return app.run()

    return open_page


@pytest.fixture
def prepared(own_lab):
    """Three pinned questions of the workspace's run, the second one with a name."""
    run = load_run(own_lab.run)
    items = []
    for number, headline in enumerate(HEADLINES):
        outlet, time = run.preparation.outlets[1], datetime(2026, 3, 2, 9, 30)
        asked = Question(headline, outlet, None, time, {"RSI": 0.25 * number})
        items.append(store.remember(run, asked, {}, name="공장" if number == 1 else ""))
        store.pin(items[-1])
    return items
