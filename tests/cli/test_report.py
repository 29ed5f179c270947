"""`headline-lab report`, on a small run."""

from __future__ import annotations

import zipfile

from tests.makers.shell import in_json
from tests.makers.small_lab import fresh_copy


def test_report_card_and_tables_are_written(small_lab, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(fresh_copy(small_lab, tmp_path / "home")))
    files = {name: tmp_path / name for name in ("report.html", "card.md", "tables.zip")}
    status, told = in_json(
        capsys,
        *("report", "--run", small_lab.run, "--out", files["report.html"], "--lang", "ko"),
        *("--card", files["card.md"], "--tables", files["tables.zip"]),
    )
    assert status == 0
    assert told["language"] == "ko"
    assert {one["bytes"] for one in told["files"]} == {path.stat().st_size for path in files.values()}
    assert 'lang="ko"' in files["report.html"].read_text(encoding="utf-8")
    assert files["card.md"].read_text(encoding="utf-8").startswith("# ")
    assert "scores.csv" in zipfile.ZipFile(files["tables.zip"]).namelist()
    assert "reasons" in told["missing"]


def test_a_card_that_is_not_markdown_is_a_page(small_lab, tmp_path, capsys):
    card = tmp_path / "card.html"
    status, _ = in_json(
        capsys, "report", "--run", small_lab.run, "--out", tmp_path / "r.html", "--lang", "en", "--card", card
    )
    assert status == 0
    assert card.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_an_unknown_run_is_one_sentence(small_lab, tmp_path, capsys):
    status, _ = in_json(capsys, "report", "--run", "0" * 16, "--out", tmp_path / "r.html")
    assert status == 1
    assert not (tmp_path / "r.html").exists()
