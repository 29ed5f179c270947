"""The small parts of a report: drawings, Markdown, tables, the command that repeats a run, its files."""

from __future__ import annotations

import io
import json
import re
import shlex
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.cli.command import commands, parser
from core.compare.report import (
    Reader,
    card,
    colours,
    markdown_file,
    report,
    save_reports,
    saved_report,
    svg,
    tables_file,
)
from core.compare.report.blocks import Code, Document, Grid, Points, Section, Text
from core.compare.report.charts import Layer, Row, bars, scatter, scores
from core.compare.report.command import FLAGS, command, not_in_command
from core.compare.report.files import REPORT
from core.compare.report.markdown_file import typed
from core.compare.report.svg import Drawing, fit, ticks, width
from core.errors import UserError
from core.evaluate.bootstrap import Interval
from core.train import TrainSettings
from core.ui import theme
from tests.compare.report.conftest import HOSTILE


def test_the_colours_are_those_of_the_app():
    light = theme.LIGHT
    assert (
        light.high,
        light.low,
        light.accent,
        light.muted,
    ) == (colours.HIGH, colours.LOW, colours.ACCENT, colours.MUTED)
    assert (
        light.text,
        light.grid,
        light.good,
        light.unsure,
    ) == (colours.TEXT, colours.GRID, colours.GOOD, colours.UNSURE)
    assert (
        light.surface,
        light.middle,
        theme.CATEGORIES,
    ) == (colours.SURFACE, colours.MIDDLE, colours.CATEGORIES)


def test_up_is_red_and_down_is_blue():
    assert colours.class_colours(("패", "승")) == {"패": colours.LOW, "승": colours.HIGH}
    three = colours.class_colours(("부정", "중립", "긍정"))
    assert (three["부정"], three["중립"], three["긍정"]) == (colours.LOW, colours.MUTED, colours.HIGH)
    assert len(set(colours.class_colours(("가", "나", "다")).values())) == 3


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-0.031, 0.047), (0.4, 1.02), (-1e-9, 1e-9), (0, 123456)])
def test_ticks_are_round_and_few(low, high):
    found = ticks(low, high)
    assert 2 <= len(found) <= 6
    assert all(low <= tick <= high for tick in found)
    steps = np.diff(found)
    assert np.allclose(steps, steps[0])


@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (float("nan"), 1)])
def test_an_axis_without_reach_has_no_ticks(low, high):
    assert ticks(low, high) == []


def test_a_long_name_is_cut_where_its_room_ends():
    assert fit("짧은 이름", 200) == "짧은 이름"
    cut = fit("아주 긴 이름 " * 30, 200)
    assert cut.endswith("…")
    assert width(cut) * svg.LETTER <= 200 + svg.LETTER


@pytest.mark.parametrize("text", HOSTILE)
def test_a_drawing_escapes_its_words(text):
    drawn = Drawing(10, text)
    drawn.text(0, 0, text)
    assert "<script" not in drawn.markup()
    assert "<img" not in drawn.markup()
    assert drawn.markup().count('"') % 2 == 0


def test_charts_bear_unknown_intervals_and_equal_values():
    nothing = Interval(0.5, float("nan"), float("nan"))
    drawn = scores([Row("a", nothing, "0.5"), Row("b", nothing, "0.5")], 0.5, "chance", "AUC", "title")
    assert "nan" not in drawn
    assert "nan" not in bars([Row("a", Interval(0.0, float("nan"), float("nan")), "0")], "axis", "title")
    places = np.zeros((3, 2))
    assert "nan" not in scatter([Layer("same", places, "#000")], [("name", places[0])], ("x", "y"), "title")


def test_thousands_of_points_take_few_bytes():
    places = np.random.default_rng(0).normal(size=(6000, 2))
    assert len(scatter([Layer("all", places, "#000")], [], ("x", "y"), "title")) < 6000 * 12


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<script>", "\\<script\\>"),
        ("a*b_c", "a\\*b\\_c"),
        ("- x", "\\- x"),
        ("1. x", "1\\. x"),
        ("12) x", "12\\) x"),
        ("a\nb", "a b"),
        ("[a](http://b)", "\\[a\\](http:\u2060//b)"),
        ("23:47", "23:47"),
    ],
)
def test_markdown_shows_a_text_as_typed(text, written):
    assert typed(text) == written


def test_code_in_markdown_cannot_end_its_block():
    page = markdown_file(Document("en", "t", "a", (Section("s", "s", (Code("``` x\n````"),)),)))
    assert page.rstrip().endswith("\n`````")


def test_a_table_in_markdown_keeps_its_columns_whatever_the_cells_hold():
    frame = pd.DataFrame({"a|b": ["x|y\nz"], "c": [1]})
    page = markdown_file(
        Document("en", "t", "a", (Section("s", "s", (Grid("g", "g", frame), Points(("p",)))),))
    )
    lines = [line for line in page.splitlines() if line.startswith("|")]
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in lines] == [3, 3, 3]


def test_tables_hold_no_formula():
    frame = pd.DataFrame({"=a": ["=1+1", "-1.2", "+x"]})
    made = tables_file(Document("en", "t", "a", (Section("s", "s", (Grid("g", "g", frame), Text("x"))),)))
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        assert file.namelist() == ["g.csv", "g.xlsx"]
        assert file.read("g.csv").decode("utf-8-sig").split() == ["'=a", "'=1+1", "-1.2", "'+x"]


def test_every_table_of_a_report_has_a_name_of_its_own(reported):
    for one in reported.values():
        names = [grid.name for grid in report(one.content, Reader("en")).grids()]
        assert len(set(names)) == len(names)
        assert {"scores", "settings", "split", "identity"} <= set(names)


def test_the_command_is_one_that_the_shell_knows(reported):
    known = parser(commands())
    for one in reported.values():
        words = shlex.split(command(one.run, one.data))
        assert words[:2] == ["headline-lab", "run"]
        flags = [word for word in words if word.startswith("--")]
        assert set(flags) <= {*FLAGS.values(), "--sealed", "--plan"}
        options = known.parse_args(words[1:])
        assert (options.task, options.split) == (one.run.settings.task, one.run.settings.split)
        assert options.seed == one.run.settings.seed


def test_a_file_name_cannot_become_a_command(reported):
    one = reported["return"]
    for name in ("a; rm -rf ~", "$(id).csv", "--plan", "a\nb.csv", "`id`"):
        words = shlex.split(command(one.run, replace(one.data, name=name)))
        assert len(words) == len(shlex.split(command(one.run, one.data)))
        assert not words[2].startswith("-")


def test_settings_without_a_flag_are_named(reported):
    run = reported["return"].run
    assert not_in_command(run) == {}
    other = replace(run, settings=replace(run.settings, test_share=0.3, use_press=False))
    assert not_in_command(other) == {"test_share": 0.3, "use_press": False}
    assert set(FLAGS) <= set(TrainSettings().as_dict())


def test_the_settings_in_the_appendix_make_the_same_settings(reported):
    for one in reported.values():
        blocks = report(one.content, Reader("ko")).sections[-1].blocks
        code = next(block.text for block in blocks if isinstance(block, Code))
        assert TrainSettings(**json.loads(code)) == one.run.settings


def test_a_card_names_what_limits_the_run(reported):
    one = reported["classes"]
    page = markdown_file(card(one.content, Reader("en")))
    assert page.startswith("# Model card")
    assert "Limits" in page
    assert one.run.id in page
    assert "No verdict is given" in page or not one.run.withheld


def test_reports_are_kept_in_both_languages_until_they_are_made_again(reported, tmp_path, monkeypatch):
    one = reported["return"]
    content = one.content
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    assert saved_report(one.run.id, "ko") is None
    save_reports(content)
    korean, english = saved_report(one.run.id, "ko"), saved_report(one.run.id, "en")
    assert b'lang="ko"' in korean.read(REPORT)
    assert b'lang="en"' in english.read(REPORT)
    assert korean.made > 0


@pytest.mark.parametrize(("run_id", "language"), [("../../etc", "ko"), ("0123456789abcdef", "../x")])
def test_no_report_lies_outside_the_workspace(run_id, language):
    with pytest.raises(ValueError, match="no report"):
        saved_report(run_id, language)


def test_a_language_that_is_not_there_is_refused():
    with pytest.raises(UserError, match="no report in the language fr"):
        Reader("fr")
