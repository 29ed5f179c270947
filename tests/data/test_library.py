import pandas as pd
import pytest

from core.data.build import build_dataset
from core.data.library import (
    delete_dataset,
    list_datasets,
    load_dataset,
    rename_dataset,
    save_dataset,
    saved_plan,
)
from core.data.plan import Plan, Roles
from core.errors import UserError


@pytest.fixture
def data(home):
    table = pd.DataFrame(
        {
            "제목": ["가나전자 급등", "다라화학 급락"],
            "일자": ["2024-01-02", "2024-01-03"],
            "수익률": ["0.01", "-0.02"],
        },
        dtype="str",
    )
    made = build_dataset(table, Plan(Roles("제목", date="일자", target="수익률")), "처음 이름")
    save_dataset(made)
    return made


def test_a_saved_dataset_opens_unchanged(data):
    opened = load_dataset(data.id)
    pd.testing.assert_frame_equal(opened.frame, data.frame)
    assert (opened.roles, opened.name, opened.target_kind) == (data.roles, data.name, data.target_kind)


def test_the_list_shows_what_is_kept(data):
    (entry,) = list_datasets()
    assert (entry.id, entry.name, entry.rows, entry.sessions) == (data.id, "처음 이름", 2, 2)


def test_a_renamed_dataset_keeps_its_id(data):
    rename_dataset(data.id, "새 이름")
    assert load_dataset(data.id).name == "새 이름"


def test_an_empty_name_is_refused_and_the_old_one_stays(data):
    with pytest.raises(UserError, match="name is empty"):
        rename_dataset(data.id, "  ")
    assert load_dataset(data.id).name == "처음 이름"


def test_a_deleted_dataset_is_gone(data):
    delete_dataset(data.id)
    assert list_datasets() == []
    with pytest.raises(UserError, match="no dataset"):
        load_dataset(data.id)


@pytest.mark.parametrize("name", ["../../etc", "0123", "..", "0123456789abcdef/x", "zzzzzzzzzzzzzzzz"])
def test_an_id_that_is_no_id_never_becomes_a_path(home, name):
    with pytest.raises(UserError, match="no dataset"):
        load_dataset(name)


def test_a_damaged_record_does_not_hide_the_others(data, home):
    broken = home / "datasets" / ("0" * 16)
    broken.mkdir()
    (broken / "dataset.json").write_text("{")
    assert [entry.id for entry in list_datasets()] == [data.id]


@pytest.mark.parametrize("text", ["{", "{}", "[]"])
def test_a_damaged_dataset_can_be_loaded_again(data, home, text):
    (home / "datasets" / data.id / "dataset.json").write_text(text)
    assert list_datasets() == []
    save_dataset(data)
    assert load_dataset(data.id).name == "처음 이름"


def test_a_dataset_kept_without_its_files_takes_them_when_they_come(data):
    from core.data.library import describe_sources, load_sources
    from core.data.reading import Source, read_table

    table = read_table("제목,일자,수익률\n가나전자 급등,2024-01-02,0.01\n".encode())
    assert load_sources(data.id) == []
    save_dataset(data, [Source("뉴스.csv", table)])
    (kept,) = load_sources(data.id)
    assert kept.table.frame["제목"].tolist() == ["가나전자 급등"]
    assert describe_sources(data.id)[0]["encoding"] == "utf-8"
    assert load_dataset(data.id).name == "처음 이름"


def test_a_damaged_source_is_one_sentence(data, home):
    from core.data.library import load_sources
    from core.data.reading import Source, read_table

    save_dataset(data, [Source("뉴스.csv", read_table("제목\n가나전자 급등\n".encode()))])
    (home / "datasets" / data.id / "source-0.parquet").write_bytes(b"PAR1")
    with pytest.raises(UserError, match="damaged"):
        load_sources(data.id)


def test_the_plan_of_a_dataset_is_read_without_its_table(data):
    assert saved_plan(data.id) == data.plan
    assert saved_plan("0" * 16) is None
