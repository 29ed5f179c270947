"""The registry of pages: what follows from an entry."""

import re
import shutil
from pathlib import Path

import pytest
from streamlit.source_util import page_icon_and_name

from core.ui import pages
from core.ui.pages import PAGES, Page
from tests.makers.apps import APP, links, open_page

ROOT = APP.parent
STAGES = [page.key for page in pages.stages()]


def test_the_stages_stand_in_the_order_of_the_way():
    assert STAGES == ["data", "embed", "train", "evaluate", "explain", "maps", "predict", "compare", "tune"]
    assert [pages.number(page) for page in pages.stages()] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize("key", STAGES)
def test_a_page_is_the_file_of_its_number_and_key(key):
    page = PAGES[key]
    assert page.file == f"pages/{pages.number(page)}_{key}.py"
    assert (ROOT / page.file).is_file()


def test_every_file_of_a_page_has_an_entry():
    assert {f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py")} == {
        page.file for page in pages.stages()
    }


@pytest.mark.parametrize("key", ["data", "embed", "train", "explain", "maps", "predict"])
def test_a_link_of_before_the_renumbering_opens_the_same_page(key):
    icon, address = page_icon_and_name(Path(PAGES[key].file))
    assert (icon, address) == ("", key)


@pytest.mark.parametrize("key", STAGES)
def test_a_page_is_short_and_begins_with_the_frame(key):
    code = (ROOT / PAGES[key].file).read_text(encoding="utf-8")
    assert len(code.splitlines()) <= 66
    assert re.search(rf'frame\.start\("{key}"[,)]', code)


@pytest.mark.parametrize("key", STAGES)
def test_what_a_page_needs_is_made_by_a_page_before_it(key):
    page = PAGES[key]
    for thing in set(page.needs) - {pages.TARGET}:
        assert pages.number(pages.maker(thing)) < pages.number(page)


def test_every_page_but_the_first_two_invites_from_the_page_before():
    assert all(page.invitation for page in pages.stages()[1:])


@pytest.fixture
def tenth(tmp_path, monkeypatch):
    """The app with one more page, of which only the entry and the file know."""
    shutil.copy(APP, tmp_path)
    shutil.copytree(ROOT / "pages", tmp_path / "pages")
    page = Page(
        "appraise",
        "pages/10_appraise.py",
        "Appraise",
        "Which run is better?",
        "Runs side by side.",
        "Next: compare the runs",
        needs=(pages.DATASET, pages.RUN),
        shows_run=True,
    )
    (tmp_path / page.file).write_text('from core.ui import frame\n\nframe.start("appraise")\n')
    code = (tmp_path / PAGES["tune"].file).read_text(encoding="utf-8")
    assert "here.onward()" in code  # the last page offers whatever follows
    monkeypatch.setitem(PAGES, "appraise", page)
    return tmp_path / "app.py"


def test_a_further_page_stands_on_home_and_in_the_sidebar(home, tenth):
    app = open_page("home", app=tenth)
    assert not app.exception
    assert links(app).count("10 Appraise") == 2
    assert "Which run is better?" in [caption.value for caption in app.caption]


def test_a_further_page_guards_what_its_entry_says(home, tenth):
    app = open_page("appraise", app=tenth)
    assert app.title[0].value == "Which run is better?"
    assert [button.label for button in app.button] == ["Go to “1 Data”"]


def test_a_further_page_comes_next_after_the_page_before_it(small_lab, tenth):
    app = open_page("tune", app=tenth, **small_lab.link)
    assert not app.exception
    assert "Next: compare the runs" in [button.label for button in app.button]
    assert not any(label.startswith("Next") for label in links(app))  # one "next" on a page
    app = open_page("appraise", app=tenth, **small_lab.link)
    assert not app.exception
    assert not any(label.startswith("Next") for label in links(app))


@pytest.mark.parametrize("gone", [["tune"], ["tune", "predict"]])
def test_home_stands_with_fewer_stages(home, monkeypatch, gone):
    for key in gone:
        monkeypatch.delitem(PAGES, key)
    app = open_page("home")
    assert not app.exception
    sidebar = len(app.sidebar.get("page_link"))
    assert len(links(app)) - sidebar == len(STAGES) - len(gone)
