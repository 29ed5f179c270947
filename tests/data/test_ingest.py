"""From bytes and choices to a dataset, and what is guessed on the way."""

import pytest

from core.data import ingest as module
from core.data.ingest import Choices, File, Intake, ingest
from core.data.plan import Cleaning, Exchange, Join, Plan, Roles, TargetRule
from core.data.reading import read_table
from core.errors import UserError

NEWS = """제목,일시,종목코드,언론사
가나전자 흑자전환 소식에 강세,2024-01-02 09:00,000010,가일보
가나전자 신제품 공개에 상승 마감,2024-01-02 16:00,000010,나경제
가나전자 소송 제기에 급락 출발,2024-01-05 09:00,000010,가일보
"""
PRICES = """날짜,코드,종가,KOSPI
2024-01-02,000010,100,1000
2024-01-03,000010,110,1010
2024-01-04,000010,99,1010
2024-01-05,000010,99,1010
"""


def _files(*texts):
    return [File(f"{number}.csv", text.encode()) for number, text in enumerate(texts, 1)]


def _intake(*texts):
    return Intake([read_table(text.encode()).frame for text in texts])


@pytest.fixture
def joins(monkeypatch):
    made, join = [], module.join_tables
    monkeypatch.setattr(module, "join_tables", lambda *given: made.append(given) or join(*given))
    return made


def test_a_file_alone_becomes_a_dataset_named_after_it():
    made = ingest(_files(NEWS))
    assert made.dataset.name == "1.csv"
    assert made.dataset.roles == Roles("제목", "언론사", "일시", "종목코드")
    assert [source.name for source in made.sources] == ["1.csv"]


def test_two_files_are_joined_once_and_a_target_is_made_from_their_prices(joins):
    data = ingest(_files(NEWS, PRICES)).dataset
    assert len(joins) == 1
    assert data.plan.target == TargetRule("return", price="종가", benchmark="KOSPI")
    assert data.outcome("regress")[:2].round(3).tolist() == [0.1, -0.1]


def test_a_target_that_was_chosen_is_not_made_from_prices():
    assert ingest(_files(NEWS, PRICES), Choices(target=TargetRule())).dataset.target_kind == ""


def test_chosen_roles_stay_and_their_columns_are_guessed_for_no_other():
    table = "제목,부제목,RSI,익일수익률\n가나전자 흑자전환 소식에 강세,가나전자 흑자 전환에 상승,50,0.1\n"
    plan = _intake(table).propose(Choices({"headline": "부제목", "target": "RSI"})).plan
    assert plan.roles == Roles("부제목", target="RSI")
    assert _intake(table).propose(Choices(numeric=("익일수익률",))).plan.roles.numeric == ("익일수익률",)


def test_the_other_choices_go_into_the_plan():
    choices = Choices(exchange=Exchange("XNYS"), cleaning=Cleaning(repeats="keep"))
    plan = _intake(NEWS).propose(choices).plan
    assert (plan.exchange, plan.cleaning, plan.join) == (choices.exchange, choices.cleaning, None)


def test_a_whole_plan_is_taken_as_it_is():
    plan = Plan(Roles("제목"))
    assert ingest(_files(NEWS), plan).dataset.plan == plan


def test_how_to_join_can_be_chosen_alone():
    assert _intake(NEWS, PRICES).first_proposal().plan.join.how == "asof"
    assert _intake(NEWS, PRICES).propose(Choices(how="exact")).plan.join == Join(
        "exact", right_date="날짜", right_company="코드"
    )


def test_files_that_do_not_belong_together_are_refused():
    with pytest.raises(UserError, match="not found"):
        ingest(_files(NEWS, "값\n1\n2\n"))


def test_a_table_without_headlines_needs_their_column():
    table = "a,b\n1,2\n"
    with pytest.raises(UserError, match="No column looks like headlines"):
        ingest(_files(table))
    assert _intake(table).propose(Choices({"headline": "a"})).plan.roles == Roles("a")


def test_the_headlines_may_stand_in_the_second_file():
    first = "기사번호,RSI\n1,50\n2,60\n"
    second = "기사번호,제목\n2,가나전자 흑자전환 소식에 강세\n1,가나전자 소송 제기에 급락 출발\n"
    data = ingest(_files(first, second), Choices(join=Join("id", "기사번호", "기사번호"))).dataset
    assert (data.roles.headline, data.roles.numeric) == ("제목", ("RSI",))


def test_a_company_name_of_the_second_file_does_not_change_what_was_joined(joins):
    prices = PRICES.replace("날짜,코드", "날짜,코드,종목명").replace("000010,", "000010,가나전자,")
    intake = _intake(NEWS, prices)
    plan = intake.propose(Choices(how="exact")).plan
    assert (plan.roles.group, plan.join.left_company) == ("종목명", "종목코드")
    assert len(intake.build(plan, "x")) == 3
    assert len(joins) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "count"),
    [
        (lambda plan: Plan(plan.roles, join=plan.join, cleaning=Cleaning(unmatched="drop")), 1),
        (lambda plan: Plan(Roles("제목", date="일시", group="종목코드"), join=plan.join), 1),
        (lambda plan: Plan(plan.roles, join=Join("exact", right_date="날짜", right_company="코드")), 2),
        (lambda plan: Plan(plan.roles, Exchange(close="18:00"), plan.join), 2),
        (lambda plan: Plan(Roles("제목", date="일시", group="언론사"), join=plan.join), 2),
    ],
    ids=["cleaning", "press", "how", "exchange", "company"],
)
def test_a_join_is_made_anew_only_where_the_plan_asks_for_another(joins, changed, count):
    intake = _intake(NEWS, PRICES)
    plan = intake.propose().plan
    for _again in range(3):
        intake.joined(changed(plan))
    assert len(joins) == count


def test_an_impossible_join_is_tried_once(joins):
    intake = _intake(NEWS, PRICES + "2024-01-02,000010,101,1000\n")
    plan = intake.first_proposal().plan
    for _again in range(2):
        with pytest.raises(UserError, match="different rows for"):
            intake.joined(plan)
    assert len(joins) == 1
