"""A format that is registered is recognised, read, named and shown without another edit."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.cli.main import main
from core.data.formats.format import Format, load_reader
from core.data.formats.registry import FORMATS
from core.data.reading import read_table
from core.errors import UserError
from tests.makers.lines_format import FILE, HEADLINES, lines_format

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=[True, False], ids=["apart", "in this process"])
def registered(request):
    """The made-up format, read in a process of its own or in this one."""
    FORMATS.append(lines_format(request.param))
    yield
    FORMATS.pop()


@pytest.fixture
def in_this_process():
    FORMATS.append(lines_format(apart=False))
    yield
    FORMATS.pop()


def test_a_new_format_is_recognised_and_read(registered):
    table = read_table(FILE)
    assert (table.format, table.encoding) == ("lines", "utf-8")
    assert table.frame["제목"].tolist() == HEADLINES


def test_a_new_format_leaves_the_others_as_they_are(in_this_process):
    assert read_table("제목,언론사\n급등,가\n".encode()).format == "csv"


def test_a_new_format_is_named_where_a_file_is_refused(in_this_process):
    with pytest.raises(UserError, match=r"Save it as one of: CSV, .*, Lines\."):
        read_table(b"%PDF-1.7\n")


def test_a_new_format_is_read_and_named_by_the_command_line(in_this_process, home, tmp_path, capsys):
    file = tmp_path / "news.lines"
    file.write_bytes(FILE)
    assert main(["check", str(file), "--headline", "제목", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 2
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    assert "Lines)" in " ".join(capsys.readouterr().out.split())


def test_a_new_format_is_named_and_read_on_the_data_page(in_this_process, home):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["language"] = "en"
    app.run().switch_page("pages/1_data.py").run()
    uploader = app.file_uploader[0]
    assert "Lines)" in uploader.label
    assert ".lines" in uploader.help
    uploader.set_value(("news.lines", FILE, "text/plain")).run()
    assert not app.exception
    assert any("LINES" in caption.value for caption in app.caption)


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.key)
def test_every_format_has_a_reader_a_title_and_an_ending(one):
    assert callable(load_reader(one.reader))
    assert one.title
    assert one.endings
    assert sum(other.key == one.key for other in FORMATS) == 1


def test_a_format_is_known_in_one_way():
    with pytest.raises(ValueError, match="by one of them"):
        Format("x", "X", ("x",), "a:b")
