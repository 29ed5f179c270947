import json
import zipfile
from dataclasses import replace

import pytest

from core.embed import cards, resolve
from core.embed.encoder_card import Origin
from core.errors import UserError
from core.tune import tuned as tuned_module
from core.tune.record import from_record, to_record
from core.tune.tuned import (
    delete_tuned,
    free_name,
    list_tuned,
    load_part,
    load_tuned,
    save_part,
    save_tuned,
    zip_tuned,
)
from tests.makers.tuned_encoders import put, record


@pytest.fixture(autouse=True)
def lab(tmp_path, monkeypatch):
    """A workspace without any encoder."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))
    return tmp_path / "lab"


def test_a_record_goes_through_json_and_comes_back_as_it_was():
    made = record()
    plain = to_record(made)
    again = from_record(json.loads(json.dumps(plain, allow_nan=False)))
    assert to_record(again) == plain
    assert again.settings == made.settings
    assert again.history.points[0] == made.history.points[0]
    assert str(again.verdict.message) == str(made.verdict.message)


def test_a_tuned_encoder_is_in_the_catalog_with_what_it_was_tuned_on():
    made = put("mine", ["수출 호조", "환율 급락"], ["2024-01-02", "2024-03-04"])
    card = resolve("tuned:mine")
    assert card in cards()
    assert hash(card) == hash(resolve("tuned:mine"))
    assert (card.id, card.origin, card.folder) == (made.id, Origin.TUNED, made.folder)
    assert (
        str(card.tuned_on)
        == "Tuned here on 2 texts of the sessions from 2024-01-02 to 2024-03-04: a test on those is no test."
    )


def test_without_sessions_the_card_tells_the_number_of_texts():
    put("mine", ["수출 호조"])
    assert str(resolve("tuned:mine").tuned_on) == "Tuned here on 1 text without a date."


def test_the_list_has_the_newest_first_and_leaves_out_what_cannot_be_read(lab, caplog):
    put("old")
    put("new", created="2026-12-01T00:00:00+00:00")
    put("broken").folder.joinpath("tune.json").write_text("{}")
    assert [made.name for made in list_tuned()] == ["new", "old"]
    assert "broken" in caplog.text
    with pytest.raises(UserError, match="cannot be read"):
        load_tuned("tuned:broken")


def test_nothing_is_left_of_a_save_that_fails(lab):
    def full(folder):
        (folder / "model.safetensors").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match="disk is full"):
        save_tuned(full, record(), seen=put("other") and _seen())
    assert [path.name for path in (lab / "encoders" / "tuned").iterdir()] == ["other"]


def _seen():
    from core.embed.seen import Seen

    return Seen.of([], [])


def test_a_name_that_is_taken_is_refused_and_the_first_stays():
    first = put("mine")
    with pytest.raises(UserError, match="already"):
        put("mine", created="2027-01-01T00:00:00+00:00")
    assert load_tuned("tuned:mine").created == first.created


@pytest.mark.parametrize("name", ["", "../mine", ".hidden", "a/b", "a" * 90])
def test_a_name_that_is_no_folder_name_is_refused(name):
    with pytest.raises(UserError, match="no name"):
        put(name)


@pytest.mark.parametrize("name", ["tuned:none", "tuned:../secret", "tuned:", "tuned:.."])
def test_an_encoder_that_is_not_there_is_refused_everywhere(name):
    put("mine")
    for act in (load_tuned, delete_tuned, zip_tuned):
        with pytest.raises(UserError, match="no tuned encoder"):
            act(name)


def test_a_free_name_is_made_of_the_encoder_and_the_method():
    assert free_name("klue/bert-base", "classify") == "bert-base-classify"
    put("bert-base-classify")
    assert free_name("klue/bert-base", "classify") == "bert-base-classify-2"
    assert free_name("tuned:mine", "pairs") == "mine-pairs"


def test_a_deleted_encoder_leaves_the_catalog_with_its_zip(lab):
    made = put("mine")
    archive = zip_tuned(made.id)
    delete_tuned(made.id)
    assert not made.folder.exists()
    assert not archive.exists()
    assert [card for card in cards() if card.origin is Origin.TUNED] == []


def test_the_zip_holds_the_whole_folder_under_its_name():
    made = put("mine")
    with zipfile.ZipFile(zip_tuned(made.id)) as archive:
        names = set(archive.namelist())
    assert {
        "mine/config.json",
        "mine/model.safetensors",
        "mine/README.md",
        "mine/tune.json",
        "mine/seen.npz",
    } <= names


def test_a_zip_is_made_anew_where_something_was_added(monkeypatch):
    made = put("mine")
    first = zip_tuned(made.id).stat().st_mtime_ns
    assert zip_tuned(made.id).stat().st_mtime_ns == first
    save_part(made.id, "learning_curve", [1, 2])
    with zipfile.ZipFile(zip_tuned(made.id)) as archive:
        assert "mine/part-learning_curve.json" in archive.namelist()


def test_a_further_result_is_kept_and_replaced():
    made = put("mine")
    assert load_part(made.id, "downstream") is None
    save_part(made.id, "downstream", {"lift": 0.1})
    save_part(made.id, "downstream", {"lift": 0.2})
    assert load_part(made.id, "downstream") == {"lift": 0.2}
    with pytest.raises(ValueError, match="no name of a part"):
        save_part(made.id, "../tune", {})


def test_the_model_card_states_data_settings_scores_and_licence():
    text = (put("mine").folder / "README.md").read_text(encoding="utf-8")
    for words in (
        "library_name: sentence-transformers",
        'license: "mit"',
        "id `abc`",
        "Sessions 2024-01-02 to 2024-09-30",
        "| accuracy | 0.600 [0.550, 0.650] | 0.800 [0.750, 0.850] | 0.200 [0.150, 0.250] |",
        "| epochs | 2 |",
        "The licence of `multilingual-e5-small` applies",
    ):
        assert words in text


def test_a_folder_that_was_renamed_has_the_name_of_its_folder(lab):
    made = put("mine")
    made.folder.rename(made.folder.with_name("yours"))
    assert load_tuned("tuned:yours") == replace(load_tuned("tuned:yours"), name="yours")
    assert [one.id for one in list_tuned()] == ["tuned:yours"]
    assert tuned_module.RECORD == "tune.json"
