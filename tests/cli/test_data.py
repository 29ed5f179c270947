from core.cli.main import main
from tests.makers.shell import in_json


def test_check_tells_what_the_file_holds(lab, capsys):
    status, found = in_json(capsys, "check", lab.file)
    assert status == 0
    assert list(found) == [
        "rows",
        "distinct_headlines",
        "encoding",
        "delimiter",
        "roles",
        "sessions",
        "events",
        "problems",
    ]
    assert found["rows"] == 400
    assert (found["encoding"], found["delimiter"]) == ("utf-8", ",")
    assert list(found["roles"]) == ["headline", "press", "date", "group", "numeric", "target"]
    assert all(set(problem) == {"code", "message", "rows"} for problem in found["problems"])


def test_roles_can_be_given(lab, capsys):
    _status, found = in_json(capsys, "check", lab.file, "--target", "승패", "--numeric", "RSI")
    assert (found["roles"]["target"], found["roles"]["numeric"]) == ("승패", ["RSI"])


def test_without_json_a_person_can_read_it(lab, capsys):
    assert main(["check", str(lab.file)]) == 0
    assert "distinct_headlines: " in capsys.readouterr().out


def test_a_file_that_is_not_there_is_named(home, capsys):
    assert main(["check", "/no/such.csv"]) == 1
    assert "/no/such.csv" in capsys.readouterr().err
