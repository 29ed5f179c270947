import json
import os
import shutil
import time

import numpy as np
import pytest
import torch

from core.embed.checkpoint import pickled_weights
from core.embed.checkpoint.files import weight_files
from core.embed.checkpoint.folder import card_of_folder
from core.embed.checkpoint.pickled_weights import safetensors_folder
from core.embed.runtime.encoder import Encoder
from core.errors import UserError
from tests.makers.tiny_encoders import CORPUS, KINDS

KR_SBERT = KINDS["snunlp/KR-SBERT-V40K-klueNLI-augSTS"]


@pytest.fixture
def pickled(home, tmp_path):
    return KR_SBERT(tmp_path / "KR-SBERT")


def test_pickled_weights_are_never_loaded_directly_but_converted(pickled):
    converted = safetensors_folder(pickled)
    assert [file.name for file in weight_files(converted)] == ["model.safetensors"]
    assert not list(converted.rglob("*.bin"))
    assert [file.name for file in weight_files(pickled)] == ["pytorch_model.bin"]


@pytest.mark.slow
def test_the_converted_encoder_gives_the_vectors_of_the_same_one_in_safetensors(pickled, tmp_path):
    from safetensors.torch import save_file

    twin = shutil.copytree(pickled, tmp_path / "twin")
    tensors = torch.load(twin / "pytorch_model.bin", weights_only=True)
    (twin / "pytorch_model.bin").unlink()
    save_file(tensors, twin / "model.safetensors", metadata={"format": "pt"})
    one, other = (Encoder.load(card_of_folder(folder), "cpu").encode(CORPUS) for folder in (pickled, twin))
    np.testing.assert_allclose(one, other, atol=1e-6)


def test_the_converted_folder_is_an_encoder_of_its_own(pickled):
    card, converted = card_of_folder(pickled), card_of_folder(safetensors_folder(pickled))
    assert (converted.dim, converted.pooling, converted.max_length) == (
        card.dim,
        card.pooling,
        card.max_length,
    )
    assert card.notice.startswith("Its weights come in PyTorch's pickled form.")
    assert converted.notice == ""


def test_what_else_lies_in_the_folder_is_not_copied(pickled):
    tensors = torch.load(pickled / "pytorch_model.bin", weights_only=True)
    torch.save({name: tensor + 3 for name, tensor in tensors.items()}, pickled / "pytorch_model.bin")
    for name in ("train.txt", "corpus/headlines.json", "runs/1/trainer_state.json", "old.model"):
        (pickled / name).parent.mkdir(parents=True, exist_ok=True)
        (pickled / name).write_text("[]")
    converted = safetensors_folder(pickled)
    copied = {file.relative_to(converted).as_posix() for file in converted.rglob("*") if file.is_file()}
    assert copied == {
        "config.json",
        "vocab.txt",
        "tokenizer_config.json",
        "modules.json",
        "1_Pooling/config.json",
        "sentence_bert_config.json",
        "model.safetensors",
    }


def test_weights_are_read_once(pickled, monkeypatch):
    first = safetensors_folder(pickled)
    monkeypatch.setattr(pickled_weights, "_read_pickle", lambda file: pytest.fail("read again"))
    assert safetensors_folder(pickled) == first


def test_other_weights_of_the_same_name_are_converted_anew(pickled):
    first = safetensors_folder(pickled)
    tensors = torch.load(pickled / "pytorch_model.bin", weights_only=True)
    torch.save({name: tensor + 1 for name, tensor in tensors.items()}, pickled / "pytorch_model.bin")
    assert safetensors_folder(pickled) != first


def test_tensors_that_share_memory_and_those_beside_a_state_dict_are_converted(pickled):
    tensors = torch.load(pickled / "pytorch_model.bin", weights_only=True)
    word = tensors["embeddings.word_embeddings.weight"]
    tied = {**tensors, "cls.predictions.decoder.weight": word, "part": word[:3]}
    torch.save({"state_dict": tied, "epoch": 3}, pickled / "pytorch_model.bin")
    assert Encoder.load(card_of_folder(pickled), "cpu").encode(CORPUS).shape == (3, len(CORPUS), 32)


class Evil:
    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return (os.mkdir, (str(self.target),))


def test_code_in_a_pickle_is_refused_and_never_run(pickled, tmp_path):
    tensors = torch.load(pickled / "pytorch_model.bin", weights_only=True)
    target = tmp_path / "ran"
    torch.save({**tensors, "evil": Evil(target)}, pickled / "pytorch_model.bin")
    with pytest.raises(UserError, match="are not plain tensors: they are damaged or could run code"):
        safetensors_folder(pickled)
    assert not target.exists()
    torch.load(pickled / "pytorch_model.bin", weights_only=False)
    assert target.exists()  # it is a real one


@pytest.mark.parametrize("contents", [b"", b"\0" * 100, b"<html>not found</html>"])
def test_a_file_that_is_no_checkpoint_is_said(pickled, contents):
    (pickled / "pytorch_model.bin").write_bytes(contents)
    with pytest.raises(UserError, match=r"pytorch_model\.bin are (damaged|not plain tensors)"):
        safetensors_folder(pickled)


def test_a_truncated_checkpoint_is_said_and_leaves_nothing_behind(pickled, home):
    weights = pickled / "pytorch_model.bin"
    weights.write_bytes(weights.read_bytes()[:-2000])
    before = set((home / "encoders" / "converted").glob("*"))
    with pytest.raises(UserError, match="are damaged or incomplete"):
        safetensors_folder(pickled)
    assert set((home / "encoders" / "converted").glob("*")) == before


@pytest.mark.parametrize("contents", [[torch.ones(2)], torch.ones(3), {"a": 1}, {"state_dict": {}}, 3])
def test_a_pickle_that_is_no_table_of_tensors_is_said(pickled, contents):
    torch.save(contents, pickled / "pytorch_model.bin")
    with pytest.raises(UserError, match=r"pytorch_model\.bin are not plain tensors"):
        safetensors_folder(pickled)


def test_the_config_is_read_where_the_user_edits_it(pickled):
    before = Encoder.load(card_of_folder(pickled), "cpu").encode(CORPUS)
    config = json.loads((pickled / "config.json").read_text())
    (pickled / "config.json").write_text(json.dumps(config | {"num_attention_heads": 1}))
    assert not np.allclose(Encoder.load(card_of_folder(pickled), "cpu").encode(CORPUS), before, atol=1e-3)


def test_what_a_killed_conversion_left_is_removed_after_a_day(pickled, home):
    converted = home / "encoders" / "converted"
    for name, hours in (("old", 25), ("new", 1)):
        part = converted / f".part-{name}"
        part.mkdir(parents=True)
        (part / "model.safetensors").write_bytes(b"half")
        os.utime(part, (time.time() - hours * 3600,) * 2)
    tensors = torch.load(pickled / "pytorch_model.bin", weights_only=True)
    torch.save({name: tensor + 2 for name, tensor in tensors.items()}, pickled / "pytorch_model.bin")
    safetensors_folder(pickled)
    assert [part.name for part in converted.glob(".part-*")] == [".part-new"]
    shutil.rmtree(converted / ".part-new")
