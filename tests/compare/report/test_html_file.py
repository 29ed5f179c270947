"""The file that is handed on: nothing in it runs, nothing is fetched, every kind of run has one, in both languages."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from core.compare.report import CARD, Reader, card, html_file, report
from core.compare.report.blocks import (
    Card,
    Cards,
    Code,
    Document,
    Grid,
    Heading,
    Points,
    Quote,
    Section,
    State,
    Text,
)
from core.compare.report.html_file import LONGEST
from tests.compare.report.conftest import HOSTILE
from tests.test_browser import CHROMIUM, FLAGS

KINDS = ("hostile", "return", "classes", "table", "sealed")
MOST = 5 * 2**20  # bytes
TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "p",
    "h1",
    "h2",
    "h3",
    "nav",
    "ol",
    "ul",
    "li",
    "a",
    "main",
    "section",
    "div",
    "b",
    "small",
    "span",
    "figure",
    "figcaption",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "article",
    "blockquote",
    "pre",
    "svg",
    "line",
    "rect",
    "circle",
    "polygon",
    "path",
    "text",
}


class Seen(HTMLParser):
    """What a browser would make of a file: tags, attributes, text."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.texts = set(), [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.texts.append(data)


def harmless(page):
    seen = Seen(page)
    assert seen.tags <= TAGS
    for name, value in seen.attributes:
        assert not name.startswith("on"), name
        assert name not in ("src", "srcdoc", "action", "formaction", "style", "background"), name
        assert name not in ("href", "xlink:href") or re.fullmatch("#[a-z]+", value), value
    assert "http-equiv" in dict(seen.attributes)
    return seen


def everything_hostile(text):
    frame = pd.DataFrame({text: [text], "b": [1.5]})
    return Document(
        "en",
        text,
        text,
        (
            Section(
                "one",
                text,
                (
                    Text(text),
                    Heading(text),
                    Points((text,), True),
                    Cards((Card(text, text, text),)),
                    State(text, text, "good", text, text, text),
                    Grid("t", text, frame, text),
                    Quote(text, text, True, text, text, text, (text,)),
                    Code(text),
                ),
            ),
        ),
        text,
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_shown_as_it_was_typed_wherever_it_stands(text):
    page = html_file(everything_hostile(text))
    seen = harmless(page)
    assert "script" not in seen.tags
    assert sum(text in part for part in seen.texts) >= 15
    assert ">49<" not in page


def test_the_policy_forbids_all_but_the_one_style_sheet():
    page = html_file(everything_hostile("x"))
    policy = dict(Seen(page).attributes)["content"]
    policies = [
        value for name, value in Seen(page).attributes if name == "content" and "default-src" in value
    ]
    assert policies, policy
    style = re.search("<style>(.*?)</style>", page, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert (
        policies[0] == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert page.index("default-src") < page.index("<title>")
    assert "unsafe" not in policies[0]
    assert "url(" not in style
    assert "@import" not in style


def test_a_text_without_end_is_cut():
    page = html_file(everything_hostile("가" * 10 * LONGEST))
    assert len(page.encode()) < MOST


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_run_has_a_report_and_a_card(reported, kind):
    one = reported[kind]
    content = one.content
    for language in ("ko", "en"):
        page = html_file(report(content, Reader(language)))
        seen = harmless(page)
        assert len(page.encode()) < MOST
        assert f'lang="{language}"' in page
        said = "\n".join(seen.texts)
        assert one.run.id in said
        assert one.run.dataset_id in said
        assert "nan" not in re.findall("[a-z]+", said)
        assert "None" not in said
        harmless(html_file(card(content, Reader(language)), CARD))


def test_a_report_says_the_hostile_names_of_its_table_as_they_are(reported):
    one = reported["hostile"]
    seen = harmless(html_file(report(one.content, Reader("en"))))
    said = "\n".join(seen.texts)
    assert "svg" in seen.tags
    for text in HOSTILE[:7]:
        assert text in said


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_in_a_browser_a_hostile_report_runs_nothing_and_fetches_nothing(reported, tmp_path):
    from playwright.sync_api import sync_playwright

    one = reported["hostile"]
    file = tmp_path / "report.html"
    file.write_text(html_file(report(one.content, Reader("en"))), encoding="utf-8")
    evil = tmp_path / "evil.html"  # what the policy stops, were a text not escaped
    evil.write_text(
        html_file(everything_hostile("x")).replace(
            "<main>", "<main><script>document.title='ran'</script><img src=x onerror=alert(1)>"
        ),
        encoding="utf-8",
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(offline=True).new_page()
        asked, dialogs = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        for path in (file, evil):
            page.goto(path.as_uri())
            assert page.title() != "ran"
            assert dialogs == []
            page.set_viewport_size({"width": 390, "height": 844})
            width = page.locator("main").bounding_box()["width"]
            assert width <= 390
        assert [url for url in asked if not url.startswith("file:")] == []
        assert page.pdf(format="A4").startswith(b"%PDF")
        browser.close()
