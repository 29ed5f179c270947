import ast
import string
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from core.errors import Message, forms
from core.locale import C_, LANGUAGES, N_, P_, language_of, translate, translate_message, update
from core.locale.korean import particle

ROOT = Path(__file__).parents[1]
SOURCES = [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
KEYWORDS = {"_", "N_", "md", "C_", "P_"}
UPDATE = "run python -m core.locale.update"


@lru_cache
def _code() -> Catalog:
    return update.extract()


@pytest.fixture(scope="module")
def korean() -> Catalog:
    return update.read_catalog(update.FOLDER / "ko.po", "ko")


def _fields(template: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name}


def _ids(entry) -> tuple[str, ...]:
    return (entry.id,) if isinstance(entry.id, str) else tuple(entry.id)


def _key(entry) -> tuple:
    return entry.context, _ids(entry)


def test_every_string_has_korean(korean):
    lacking = {_key(entry) for entry in update.untranslated(korean)}
    known = {_key(entry) for entry in korean} - lacking
    assert [(entry.locations, entry.id) for entry in _code() if entry.id and _key(entry) not in known] == []


def test_the_catalog_holds_no_string_that_is_gone(korean):
    marked = {_key(entry) for entry in _code()}
    assert [entry.id for entry in korean if entry.id and _key(entry) not in marked] == []
    assert not korean.obsolete


def test_every_translation_takes_the_parameters_of_its_template(korean):
    wrong = [
        entry.id
        for entry in korean
        if entry.id
        for translation in update.strings(entry)
        if _fields(translation) != _fields(_ids(entry)[-1])
    ]
    assert wrong == []


def test_both_forms_of_a_plural_take_the_same_parameters_and_count_n(korean):
    plurals = [entry for entry in korean if entry.pluralizable and entry.id]
    assert plurals
    assert [entry.id for entry in plurals if not {"n"} | _fields(entry.id[0]) <= _fields(entry.id[1])] == []


def test_updating_the_catalog_changes_nothing(korean, tmp_path):
    path = tmp_path / "ko.po"
    update.write_catalog(update.updated(_code(), korean), path)
    assert path.read_text("utf-8") == (update.FOLDER / "ko.po").read_text("utf-8"), UPDATE


def test_an_update_takes_what_is_new_from_a_further_catalog_and_drops_what_is_gone(tmp_path):
    code, ours, theirs = Catalog(), Catalog(locale="ko"), Catalog(locale="ko")
    for text in ("old", "new", ("{n} row", "{n} rows")):
        code.add(text, locations=[(str(ROOT / "app.py"), 1)])
    code.add("Open", context="state", locations=[(str(ROOT / "app.py"), 1)])
    for text, translation in (("old", "우리"), ("gone", "없음"), ("{n} row", "{n}행"), ("Open", "열기")):
        ours.add(text, translation)
    theirs.add("old", "남")
    theirs.add("new", "새것")
    update.write_catalog(update.updated(code, ours, theirs), tmp_path / "ko.po")
    found = update.read_catalog(tmp_path / "ko.po", "ko")
    assert [found.get("old").string, found.get("new").string, found.get("gone")] == ["우리", "새것", None]
    assert found.get(("{n} row", "{n} rows")).string == ("{n}행",)
    assert [entry.context for entry in update.untranslated(found)] == ["state"]


def test_the_header_says_what_a_translator_needs_and_holds_no_placeholder(korean):
    header = dict(korean.mime_headers)
    text = (update.FOLDER / "ko.po").read_text("utf-8").split("\n\n")[0]
    assert header["Plural-Forms"] == "nplurals=1; plural=0;"
    assert header["Language"] == "ko"
    assert not any(
        word in text for word in ("FIRST AUTHOR", "EMAIL@ADDRESS", "FULL NAME", "YEAR", "li.org", "PROJECT")
    )


def test_the_catalog_says_in_which_files_a_string_stands_and_not_in_which_lines(korean):
    assert [entry.id for entry in korean if entry.id and not entry.locations] == []
    assert {line for entry in korean for _file, line in entry.locations} == {None}


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
    for path in [*(ROOT / "core" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]:
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


def test_a_sentence_that_counts_has_a_form_for_one_and_a_form_for_many():
    rows = P_("{n:,} row", "{n:,} rows")
    assert [translate(rows, "en", {"n": n}) for n in (0, 1, 1000)] == ["0 rows", "1 row", "1,000 rows"]
    assert [translate(rows, "ko", {"n": n}) for n in (1, 1000)] == ["1행", "1,000행"]
    assert [str(Message(rows, {"n": n})) for n in (1, 2)] == ["1 row", "2 rows"]


def test_one_english_word_has_the_korean_of_its_context():
    assert translate(C_("form field", "Test"), "ko") == "시험 방법"
    assert translate(N_("test"), "ko") == "시험"
    assert translate(C_("form field", "Test"), "en") == "Test"
    assert str(Message(C_("form field", "Test"))) == "Test"


@pytest.mark.parametrize("template", [N_("a"), C_("b", "a"), P_("a", "c"), C_("b", P_("a", "c"))])
def test_a_template_is_taken_apart_as_it_was_put_together(template):
    assert forms(template) == ("b" * ("b" in template), "a", "c" * ("c" in template))


def test_a_message_of_an_earlier_version_is_read_and_one_of_this_is_written_the_same_way():
    saved = {"template": "{a} {b}", "params": {"a": 1, "b": {"template": "Run", "params": {}}}}
    message = Message.from_dict(saved)
    assert message == Message("{a} {b}", {"a": 1, "b": Message("Run")})
    assert message.as_dict() == saved


@pytest.mark.parametrize(
    ("tag", "language"), [("ko-KR", "ko"), ("ko_KR.UTF-8", "ko"), ("en-US", "en"), (None, "en"), ("C", "en")]
)
def test_a_locale_tag_picks_the_language(tag, language):
    assert language_of(tag) == language


def test_a_further_language_is_picked_by_its_tag(monkeypatch):
    monkeypatch.setitem(LANGUAGES, "ja", "日本語")
    assert [language_of(tag) for tag in ("ja-JP", "ko-KR", "fr-FR")] == ["ja", "ko", "en"]
