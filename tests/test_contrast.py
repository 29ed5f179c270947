"""Every text of every page can be read: WCAG AA in a real browser, light and dark."""

from pathlib import Path

import pytest

from core.ui.pages import PAGES
from tests.makers.worlds import further
from tests.test_browser import CHROMIUM, FLAGS, page, serving, settled  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ALWAYS_DARK = "home", "evaluate", "explain", "compare"
BELOW = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8").partition("\n")[2]


@pytest.fixture(scope="module")
def served(finished_small_lab):
    """The app over a finished workspace: its address and the query of a link to its run."""
    lab = finished_small_lab
    query = "&".join(f"{key}={value}" for key, value in {**lab.link, "encoder": lab.encoder}.items())
    with serving(lab.home) as url:
        assert url
        yield url, query


@pytest.fixture
def visited(page, served):  # noqa: F811
    """Open pages of a finished workspace: what is called with a page's key and a scheme leaves it drawn."""
    url, query = served

    def visit(key, scheme):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": 1440, "height": 7000})  # what is scrolled out of sight has no ground
        page.goto(f"{url}/{'' if key == 'home' else key}?{query}")
        page.locator("h1").wait_for()
        settled(page)
        return page

    return visit


@pytest.mark.parametrize(
    ("key", "scheme"),
    [
        *((key, "light") for key in PAGES),
        *((key, "dark") for key in ALWAYS_DARK),
        *further((key, "dark") for key in PAGES if key not in ALWAYS_DARK),
    ],
)
def test_no_text_is_below_the_contrast_of_wcag_aa(visited, key, scheme):
    page = visited(key, scheme)  # noqa: F811
    below = page.evaluate(BELOW)
    for tab in page.get_by_role("tab").all():
        if tab.is_visible():
            tab.click()
            settled(page)
            below |= page.evaluate(BELOW)
    assert below == {}


def test_the_check_finds_a_text_that_is_too_pale(page):  # noqa: F811
    page.set_content(
        "<body style='background: white'><p style='color: #999'>pale</p><p style='color: #000; opacity: .4'>thin</p>"
        "<p style='color: #666'>good</p><h1 style='color: #888'>large</h1><button disabled>off</button></body>"
    )
    assert [name.split("“")[1].split("”")[0] for name in page.evaluate(BELOW)] == ["pale", "thin"]


def test_streamlits_own_words_are_korean(visited):
    page = visited("data", "light")  # noqa: F811
    page.get_by_text("다른 표를 불러오거나").click()
    button = page.get_by_test_id("stFileUploaderDropzone").first.get_by_role("button")
    button.get_by_text("파일 고르기").wait_for()
    assert "파일당" in page.get_by_test_id("stFileUploaderDropzoneInstructions").first.inner_text()
    names = [
        part.get_attribute("aria-label")
        for part in page.locator("button[aria-label]").all()
        if part.is_visible()
    ]
    assert any(name.endswith("도움말") for name in names)
    assert not [
        name for name in names if name.startswith(("Help for", "Remove", "Open", "Search", "Show/hide"))
    ]
