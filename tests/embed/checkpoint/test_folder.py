import json

import pytest

from core.embed.checkpoint.fingerprint import fingerprint
from core.embed.checkpoint.folder import card_of_folder
from core.embed.encoder_card import Origin
from core.embed.pooling import CLS, MEAN
from core.errors import UserError
from tests.makers.tiny_encoders import KINDS, add_details, save_wordpiece
from tests.makers.tiny_files import write_json, write_pooling


@pytest.fixture
def folder(tmp_path):
    return save_wordpiece(tmp_path / "tiny")


def change(folder, name, **values):
    write_json(folder / name, {**json.loads((folder / name).read_text()), **values})


def test_a_hub_id_names_the_card(folder):
    card = card_of_folder(folder, "org/name", Origin.HUB)
    assert (card.id, card.name, card.origin) == ("org/name", "name", Origin.HUB)


def test_parameters_and_megabytes_are_counted_from_the_header(folder):
    from safetensors.numpy import load_file

    card = card_of_folder(folder)
    assert card.parameters == sum(tensor.size for tensor in load_file(folder / "model.safetensors").values())
    assert card.megabytes == round(card.parameters * 4 / 1e6)


def test_a_module_that_normalises_is_read(folder):
    assert not card_of_folder(folder).normalised
    write_pooling(folder, "mean", "Normalize")
    assert card_of_folder(folder).normalised


@pytest.mark.parametrize("further", ["Dense", "WordEmbeddings", "LayerNorm"])
def test_a_further_layer_after_the_pooling_is_noticed(folder, further):
    write_pooling(folder, "cls", further, "Normalize")
    card = card_of_folder(folder)
    assert card.pooling is CLS
    assert card.notice.startswith("Its makers apply another layer")


def test_usual_modules_need_no_notice(folder):
    write_pooling(folder, "mean", "Normalize")
    assert card_of_folder(folder).notice == ""


@pytest.mark.parametrize(
    ("config", "longest"),
    [
        ({"model_type": "bert", "max_position_embeddings": 40}, 40),
        ({"model_type": "roberta", "max_position_embeddings": 40, "pad_token_id": 1}, 38),
        ({"model_type": "xlm-roberta", "max_position_embeddings": 40, "pad_token_id": 1}, 38),
        ({"model_type": "new", "max_position_embeddings": 8192}, 64),  # the tokenizer's limit
    ],
)
def test_positions_limit_the_length(folder, config, longest):
    change(folder, "config.json", **config)
    assert card_of_folder(folder).max_length == longest


def test_a_tokenizer_without_a_limit_leaves_the_apps_own(folder):
    change(folder, "config.json", max_position_embeddings=8192)
    change(folder, "tokenizer_config.json", model_max_length=10**30)
    assert card_of_folder(folder).max_length == 512


@pytest.mark.parametrize("name", KINDS)
def test_the_layout_of_every_kind_is_known(tmp_path, name):
    card = card_of_folder(KINDS[name](tmp_path / "kind"), name)
    assert card.dim == 32
    assert card.tokenizer in {"WordPiece", "SentencePiece"}


@pytest.mark.parametrize("vocabulary", ["vocab.txt", "spiece.model", "spm.model", "sentencepiece.bpe.model"])
def test_every_form_of_vocabulary_is_known(folder, vocabulary):
    (folder / "tokenizer.json").rename(folder / vocabulary)
    assert card_of_folder(folder).dim == 32


def test_half_a_byte_pair_vocabulary_is_none(folder):
    (folder / "tokenizer.json").rename(folder / "vocab.json")
    with pytest.raises(UserError, match="has no tokenizer"):
        card_of_folder(folder)


def test_an_index_without_its_shards_is_no_weights(folder):
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    places = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    write_json(folder / "model.safetensors.index.json", {"weight_map": places})
    with pytest.raises(UserError, match="has no usable weights"):
        card_of_folder(folder)


def test_a_shard_is_looked_for_in_the_folder_alone(folder, tmp_path):
    (folder / "model.safetensors").rename(tmp_path / "stolen.safetensors")
    write_json(folder / "model.safetensors.index.json", {"weight_map": {"a": "../stolen.safetensors"}})
    with pytest.raises(UserError, match="has no usable weights"):
        card_of_folder(folder)


@pytest.mark.parametrize("contents", ["[]", "3", '{"modules": 1}', '[1, {"type": null}]'])
def test_modules_of_an_unexpected_form_change_nothing(folder, contents):
    (folder / "modules.json").write_text(contents)
    assert card_of_folder(folder).pooling is MEAN


def test_the_prompt_by_default_is_the_prefix(folder):
    add_details(folder, prefix="제목: ")
    assert card_of_folder(folder).prefix == "제목: "


def test_a_sentencepiece_model_is_part_of_the_fingerprint(home, tmp_path):
    folder = KINDS["team-lucid/deberta-v3-base-korean"](tmp_path / "kind")
    before = fingerprint(card_of_folder(folder))
    (folder / "spm.model").write_bytes((folder / "spm.model").read_bytes() + b"\0")
    assert fingerprint(card_of_folder(folder)) != before


@pytest.mark.parametrize(
    ("file", "contents"),
    [
        ("config.json", b'{"model_type": ["bert"], "hidden_size": 32, "vocab_size": 9}'),
        ("config.json", b'{"max_position_embeddings": 0.5, "hidden_size": 32, "vocab_size": 9}'),
        ("config.json", b'{"architectures": 3, "hidden_size": 32, "vocab_size": 9}'),
        ("config.json", b'{"hidden_size": -3, "vocab_size": 9}'),
        ("config.json", b'{"a":' * 100_000),
        ("tokenizer_config.json", b'{"model_max_length": 0.2}'),
        ("tokenizer_config.json", b'{"model_max_length": Infinity}'),
        ("sentence_bert_config.json", b'{"max_seq_length": 0.1}'),
        ("1_Pooling/config.json", b'{"pooling_mode": ["mean"]}'),
        ("config_sentence_transformers.json", b'{"prompts": {}, "default_prompt_name": []}x'),
        ("model.safetensors", (5).to_bytes(8, "little") + b"[1,2]"),
        ("model.safetensors", (13).to_bytes(8, "little") + b'{"a":{"x":1}}'),
        ("model.safetensors", (20).to_bytes(8, "little") + b'{"a":{"shape":[{}]}}'),
    ],
)
def test_a_damaged_file_is_said_in_one_sentence(folder, file, contents):
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_bytes(contents)
    with pytest.raises(UserError) as error:
        card_of_folder(folder)
    assert str(folder) in str(error.value)


@pytest.mark.parametrize("file", ["model.safetensors", "pytorch_model.bin", "tokenizer.json"])
def test_a_git_lfs_pointer_is_told_from_the_file_it_stands_for(folder, file):
    if file == "pytorch_model.bin":
        (folder / "model.safetensors").unlink()
    (folder / file).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3\n")
    with pytest.raises(UserError, match=f"{file} is a Git LFS pointer"):
        card_of_folder(folder)


def test_a_file_that_may_not_be_read_is_said(folder, monkeypatch):
    read = type(folder).read_text

    def refuse(path, *args, **options):
        if path.name == "config.json":
            raise PermissionError(13, "Permission denied")
        return read(path, *args, **options)

    monkeypatch.setattr(type(folder), "read_text", refuse)
    with pytest.raises(UserError, match=r"could not be loaded: .*Permission denied"):
        card_of_folder(folder)
