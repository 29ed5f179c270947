import json
import shutil

import pytest
from tiny_encoders import add_details, save_unigram, save_wordpiece

from core.embed import cards, resolve
from core.embed.pooling import Pooling
from core.errors import UserError


@pytest.fixture
def folder(tmp_path):
    return save_wordpiece(tmp_path / "tiny")


def test_the_catalog_names_the_bundled_encoder(home):
    (card,) = cards()
    assert (card.id, card.dim, card.pooling, card.prefix, card.licence) == (
        "multilingual-e5-small", 384, Pooling.MEAN, "query: ", "MIT",
    )  # fmt: skip


def test_a_folder_becomes_a_card(folder):
    card = resolve(str(folder))
    assert (card.name, card.dim, card.pooling, card.prefix, card.max_length) == (
        "tiny",
        32,
        Pooling.MEAN,
        "",
        64,
    )


def test_a_folders_own_pooling_and_default_prompt_are_read(folder):
    add_details(folder, pooling="cls", prefix="제목: ")
    card = resolve(str(folder))
    assert (card.pooling, card.prefix) == (Pooling.CLS, "제목: ")


def test_pooling_in_the_older_form_is_read(folder):
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_max_tokens": True}))
    assert resolve(str(folder)).pooling is Pooling.MAX


def test_a_prompt_that_is_not_the_default_is_not_used(folder):
    values = {"prompts": {"query": "질문: "}, "default_prompt_name": None}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(values))
    assert resolve(str(folder)).prefix == ""


def test_roberta_counts_two_positions_less(folder):
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "xlm-roberta", "max_position_embeddings": 34, "pad_token_id": 1}
    (folder / "config.json").write_text(json.dumps(config))
    assert resolve(str(folder)).max_length == 32


@pytest.mark.parametrize("name", ["no-such-encoder", "", "../nowhere", "a\0b"])
def test_an_unknown_encoder_is_refused_with_the_names_that_exist(home, name):
    with pytest.raises(UserError, match=r"no encoder named.*multilingual-e5-small"):
        resolve(name)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("config.json", "holds no config.json"),
        ("tokenizer.json", "holds no tokenizer"),
        ("model.safetensors", "holds no weights in safetensors"),
    ],
)
def test_each_missing_part_of_a_folder_has_its_own_sentence(folder, missing, sentence):
    (folder / missing).unlink()
    with pytest.raises(UserError, match=sentence):
        resolve(str(folder))


def test_pickled_weights_are_not_weights(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(UserError, match="holds no weights in safetensors"):
        resolve(str(folder))


def test_a_config_that_is_not_json_is_said(folder):
    (folder / "config.json").write_text("{")
    with pytest.raises(UserError, match="is not valid JSON"):
        resolve(str(folder))


def test_a_config_without_a_size_is_said(folder):
    (folder / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(UserError, match="does not state the encoder's hidden_size"):
        resolve(str(folder))


def test_the_fingerprint_follows_the_weights_and_not_the_place(home, tmp_path):
    one = resolve(str(save_unigram(tmp_path / "one", seed=1)))
    same = resolve(str(shutil.copytree(one.folder, tmp_path / "same")))
    other = resolve(str(save_unigram(tmp_path / "other", seed=2)))
    assert one.fingerprint() == same.fingerprint() != other.fingerprint()
