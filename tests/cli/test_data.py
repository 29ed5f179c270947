import numpy as np

from core.cli.command import commands, parser
from core.cli.data import read_dataset
from core.cli.main import main
from core.data.plan import Plan, Roles, TargetRule
from core.data.sessions import sessions_around
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


def _file(tmp_path, header):
    days = sessions_around(np.array(["2024-01-02"], "datetime64[s]")).days
    start = int(np.searchsorted(days, np.datetime64("2023-01-02")))
    level = np.random.default_rng(0).normal(0, 0.01, 220).cumsum()
    path = tmp_path / "news.csv"
    path.write_text(
        f"일자,제목,{header}\n"
        + "".join(
            f"{str(days[start + i])[:10]},가온전자 {i}번째 대규모 수주 소식에 강세,{level[i + 20] - level[i]:.5f}\n"
            for i in range(200)
        ),
        encoding="utf-8",
    )
    return path


def _codes(capsys, *arguments):
    _status, found = in_json(capsys, "check", *arguments)
    return {problem["code"]: problem["message"] for problem in found["problems"]}


def test_check_prints_a_horizon_that_is_too_short_as_a_problem(home, tmp_path, capsys):
    file = _file(tmp_path, "20일수익률")
    assert "but the horizon is 1." in _codes(capsys, file, "--horizon", "1")["short_horizon"]
    guessed = _codes(capsys, file)
    assert "short_horizon" not in guessed
    assert "20 sessions ahead" in guessed["horizon"]


def test_a_horizon_of_zero_is_refused(home, tmp_path, capsys):
    assert main(["check", str(_file(tmp_path, "수익률")), "--horizon", "0"]) == 1
    assert "choose 1 to 250" in capsys.readouterr().err


def test_headlines_with_a_date_alone_can_be_placed_in_the_next_session(home, tmp_path, capsys):
    days = {}
    for untimed in ("same", "next"):
        file = _file(tmp_path, "익일수익률")
        options = parser(commands()).parse_args(["check", str(file), "--untimed", untimed])
        days[untimed] = read_dataset(options)[1].frame["session"].to_numpy()
    assert (days["next"][:-1] == days["same"][1:]).all()


def test_a_horizon_given_beside_a_plan_overrules_the_plans(home, tmp_path):
    file, plan = _file(tmp_path, "수익률"), tmp_path / "plan.json"
    plan.write_text(Plan(Roles("제목", date="일자", target="수익률"), target=TargetRule(horizon=3)).to_json())
    for given, horizon in ((("--horizon", "7"), 7), ((), 3)):
        options = parser(commands()).parse_args(["check", str(file), "--plan", str(plan), *given])
        assert read_dataset(options)[1].plan.target.horizon == horizon
