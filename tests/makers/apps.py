"""Pages opened as a reader opens them, without a browser."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.ui.pages import PAGES

APP = Path(__file__).parents[2] / "app.py"


def open_page(key: str, language: str = "en", app: Path = APP, **query: str) -> AppTest:
    """Open a page by a link that carries these ids."""
    test = AppTest.from_file(str(app), default_timeout=120)
    test.session_state["language"] = language
    for name, value in query.items():
        test.query_params[name] = value
    test.run()
    if key != "home":
        test.switch_page(PAGES[key].file).run()
    return test


def links(app: AppTest) -> list[str]:
    """Return the labels of the links to pages, in order: those of the sidebar last."""
    return [link.proto.label for link in app.get("page_link")]


def texts(app: AppTest) -> str:
    """Return what a page says, as a reader sees it: without Markdown's escapes."""
    elements = (
        *app.markdown,
        *app.caption,
        *app.info,
        *app.warning,
        *app.error,
        *app.subheader,
        *app.success,
    )
    return "\n".join(element.value for element in elements).replace("\\", "").replace("\u2060", "")
