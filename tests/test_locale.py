import ast
import string
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from core.errors import Message
from core.locale import language_of, particle, translate, translate_message

ROOT = Path(__file__).parents[1]
SOURCES = [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
KEYWORDS = {"_": None, "N_": None, "md": None}


@lru_cache
def _templates() -> dict[str, str]:
    methods = [("core/**.py", "python"), ("pages/**.py", "python"), ("app.py", "python")]
    found = extract_from_dir(str(ROOT), methods, keywords=KEYWORDS)
    return {message: file for file, _line, message, _comments, _context in found if message}


def _fields(template: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name}


@pytest.fixture(scope="module")
def korean():
    with (ROOT / "core" / "locale" / "ko.po").open("rb") as file:
        return read_po(file, locale="ko")


def test_every_string_has_korean(korean):
    missing = [
        f"{file}: {text}"
        for text, file in _templates().items()
        if not (korean.get(text) and korean.get(text).string)
    ]
    assert missing == []


def test_the_catalog_holds_no_string_that_is_gone(korean):
    assert [entry.id for entry in korean if entry.id and entry.id not in _templates()] == []


def test_every_translation_takes_the_parameters_of_its_template(korean):
    wrong = [entry.id for entry in korean if entry.id and _fields(entry.id) != _fields(entry.string)]
    assert wrong == []


def test_no_f_string_is_handed_to_a_translator():
    calls = (
        (path, node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS
    )
    assert [
        f"{path}:{node.lineno}"
        for path, node in calls
        if any(isinstance(a, ast.JoinedStr) for a in node.args)
    ] == []


def test_no_page_shows_a_string_that_skips_translation():
    shown = {
        "title",
        "header",
        "subheader",
        "caption",
        "markdown",
        "write",
        "info",
        "warning",
        "error",
        "success",
        "button",
        "text_input",
        "selectbox",
        "metric",
        "expander",
        "radio",
        "checkbox",
        "slider",
    }
    bare = []
    for path in [*(ROOT / "core" / "ui").glob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in shown
            ):
                continue
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and first.value not in ("Headline Lab", "MB"):
                bare.append(f"{path.name}:{node.lineno} {first.value}")
    assert bare == []


@pytest.mark.parametrize(
    ("word", "form", "right"),
    [
        ("삼성전자", "이", "가"),
        ("현대차증권", "이", "이"),
        ("카카오", "은", "는"),
        ("엘지", "을", "를"),
        ("서울", "으로", "로"),
        ("부산", "으로", "으로"),
        ("대구", "으로", "로"),
        ("RSI 3", "이", "이"),
        ("이격도20", "을", "을"),
        ("가격(원)", "은", "은"),
        ("", "이", "가"),
    ],
)
def test_a_particle_follows_the_sound_of_its_word(word, form, right):
    assert particle(word, form) == right


def test_korean_and_english_of_one_message():
    message = Message("The file {file} cannot be read: {reason}.", {"file": "시세.csv", "reason": "x"})
    assert translate_message(message, "en") == "The file 시세.csv cannot be read: x."
    assert translate_message(message, "ko").startswith("파일 시세.csv")


def test_a_message_inside_a_message_is_translated():
    assert translate("{label}: **{value}**", "ko", {"label": Message("Run"), "value": "1"}) == "실험: **1**"


@pytest.mark.parametrize(
    ("tag", "language"), [("ko-KR", "ko"), ("ko_KR.UTF-8", "ko"), ("en-US", "en"), (None, "en"), ("C", "en")]
)
def test_a_locale_tag_picks_the_language(tag, language):
    assert language_of(tag) == language
