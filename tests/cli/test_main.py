import fcntl
import os
import re
import signal
import subprocess
import sys

import openpyxl
import pytest

from core.cli.main import main
from tests.makers.shell import ROOT, finish, start

SAMPLE = ROOT / "sample_data" / "headlines.csv"
STOPPED = "Stopped. What was finished is saved."


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("", [], "파일이 비어 있습니다"),
        ("a,b\n1,2\n3,4\n", [], "뉴스 제목으로 보이는 열이 없습니다"),
        ("제목\n가온전자 대규모 수주 소식에 강세\n", ["--headline", "없음"], "없음 열이 없습니다"),
        (
            "제목,승패\n" + "가온전자 대규모 수주 소식에 강세,승\n나래화학 공장 화재에 약세,승\n" * 20,
            [],
            "한 가지 결과(승)만",
        ),
        (
            "일자,제목,수익률\n"
            + "".join(f"2024-01-03,가온전자 {i}번째 대규모 수주 소식,0.0123\n" for i in range(40)),
            [],
            "거래일",
        ),
        (
            "제목,승패\n"
            + "".join(f"가온전자 {i}번째 대규모 수주 소식,{'승패'[i % 2]}\n" for i in range(40)),
            ["--encoder", "없는것"],
            "없는것",
        ),
    ],
    ids=["empty", "no headline column", "unknown column", "one class", "one session", "unknown encoder"],
)
def test_bad_input_ends_with_one_sentence_and_a_status(
    home, capsys, tmp_path, monkeypatch, content, arguments, words
):
    monkeypatch.setenv("HEADLINE_LAB_LANG", "ko")
    file = tmp_path / "bad.csv"
    file.write_text(content, encoding="utf-8")
    status = main(["run", str(file), *arguments])
    captured = capsys.readouterr()
    assert status != 0
    assert captured.out == ""
    last = captured.err.strip().splitlines()[-1]
    assert words in last
    assert "Traceback" not in captured.err


@pytest.fixture
def few(home):
    """The first rows of the sample under a Korean name, in a folder with one."""
    folder = home.parent / "한글 폴더"
    folder.mkdir()
    rows = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    file = folder / "뉴스 제목.csv"
    file.write_text("".join(rows[:401]), encoding="utf-8")
    return file


def _read_one_line(process):
    """Read as `head -1` does, through a pipe that holds less than what is printed, and close it."""
    fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
    line = process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read().decode("utf-8")
    return process.wait(60), line.decode("utf-8"), err


def _without_progress(err):
    return [line for line in err.splitlines() if "%  " not in line[:6]]


@pytest.mark.slow
def test_a_reader_that_closes_the_pipe_ends_the_command_quietly(home, few):
    process = start("check", SAMPLE, "--json")
    status, line, err = _read_one_line(process)
    assert (status, line) == (141, "{\n")
    assert _without_progress(err) == []


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("encoders", "--json"), ("run", "--help")], ids=" ".join)
def test_a_pipe_that_nobody_reads_is_left_quietly(home, arguments):
    process = start(*arguments)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 141


@pytest.mark.slow
def test_progress_that_nobody_reads_ends_the_command_too(home, few):
    process = start("check", few)
    process.stderr.close()
    process.stdout.read()
    assert process.wait(60) == 141


@pytest.fixture
def damaged(home):
    file = home.parent / "damaged.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["제목"])
    book.save(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    return file


@pytest.mark.slow
def test_a_damaged_workbook_is_one_sentence_and_its_details_are_in_the_log(home, damaged):
    status, out, err = finish("check", damaged)
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("The XLSX file is damaged")
    log = (home / "headline-lab.log").read_text("utf-8")
    assert "the reader of a XLSX file ended" in log
    assert "Traceback" in log


@pytest.mark.slow
def test_verbose_prints_the_details_too(damaged):
    _status, _out, err = finish("check", damaged, "--verbose")
    assert "Traceback" in err
    assert err.splitlines()[-1].startswith("The XLSX file is damaged")


def test_a_fault_of_ours_is_one_sentence_and_its_traceback_is_in_the_log(home, few, capsys, monkeypatch):
    def fail(*_given, **_named):
        raise ZeroDivisionError("x")

    monkeypatch.setattr("core.cli.data.ingest", fail)
    assert main(["check", str(few)]) == 70
    err = capsys.readouterr().err
    assert len(err.splitlines()) == 1
    assert "ZeroDivisionError" in err
    assert "in fail" in (home / "headline-lab.log").read_text("utf-8")


@pytest.mark.slow
def test_what_libraries_warn_of_goes_to_the_log(home, few):
    status, _out, err = finish("check", few, PYTHONWARNINGS="always")
    assert status == 0
    assert _without_progress(err) == []
    assert "Warning" in (home / "headline-lab.log").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "language"),
    [
        pytest.param({"LANG": "C"}, "ko", marks=pytest.mark.slow),
        ({"LC_ALL": "C"}, "en"),
        pytest.param({"LC_ALL": "POSIX"}, "ko", marks=pytest.mark.slow),
        pytest.param({"PYTHONIOENCODING": "ascii"}, "ko", marks=pytest.mark.slow),
    ],
)
def test_korean_names_columns_and_words_survive_any_locale(few, environment, language):
    status, out, err = finish("check", few, "--target", "승패", HEADLINE_LAB_LANG=language, **environment)
    assert status == 0
    assert "headline: 제목\n" in out
    assert "target: 승패\n" in out
    assert "전일수익률" in err
    assert "?" not in err


@pytest.mark.slow
def test_a_korean_name_that_is_not_there_is_printed_as_it_was_typed(home):
    status, _out, err = finish("check", "없는 파일.csv", LC_ALL="C", HEADLINE_LAB_LANG="ko")
    assert status == 1
    assert "없는 파일.csv" in err


def _interrupt(process):
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return process.returncode, out.decode("utf-8"), err.decode("utf-8").splitlines()


def _wait_for(process, words):
    for line in process.stderr:
        if re.search(words, line.decode("utf-8")):
            return
    raise AssertionError(words)


@pytest.mark.slow
@pytest.mark.parametrize("module", ["argparse", "pandas.core.frame"])
def test_an_interrupt_while_modules_are_imported_says_so(home, few, module):
    process = start("run", few, PYTHONPROFILEIMPORTTIME="1")  # each module is named once it is imported
    _wait_for(process, f" {re.escape(module)}\n")
    status, out, err = _interrupt(process)
    assert (status, out) == (130, "")
    said = [line for line in err if not line.startswith("import time:")]
    assert _without_progress("\n".join(said)) == [STOPPED]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("embed", "--out", os.devnull), "Grouping"),
        pytest.param(("embed", "--out", os.devnull), "Embedding", marks=pytest.mark.slow),
        pytest.param(("run",), "trees|: round", marks=pytest.mark.slow),
    ],
    ids=["embed, reading", "embed, embedding", "run, fitting"],
)
def test_an_interrupt_in_the_middle_says_so(home, few, arguments, words):
    process = start(arguments[0], few, *arguments[1:])
    _wait_for(process, words)
    status, out, err = _interrupt(process)
    assert (status, out) == (130, "")
    assert err[-1] == STOPPED
    assert _without_progress("\n".join(err)) == [STOPPED]


_SWALLOWED = """
import os, signal, sys, time
from core.cli import main
def swallow(_arguments):
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)
    except KeyboardInterrupt:
        {then}
main._run = swallow
sys.exit(main.main([]))
"""


@pytest.mark.parametrize(
    "then",
    ["raise ImportError from None", pytest.param("time.sleep(60)", marks=pytest.mark.slow)],
    ids=["another error", "no error"],
)
def test_an_interrupt_that_a_library_swallows_ends_the_command_all_the_same(then):
    code = _SWALLOWED.format(then=then)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 130
    assert done.stderr.splitlines() == [STOPPED]


@pytest.mark.slow
def test_the_module_and_the_installed_script_are_the_same_command():
    assert finish("--help")[1].startswith("usage: headline-lab")
    assert 'headline-lab = "core.cli.main:main"' in (ROOT / "pyproject.toml").read_text("utf-8")


@pytest.mark.slow
def test_help_is_printed_without_heavy_libraries():
    heavy = "torch", "transformers", "sklearn", "xgboost", "lightgbm", "scipy", "streamlit"
    code = (
        "import sys; from core.cli.command import commands, parser; parser(commands());"
        f"print([m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
