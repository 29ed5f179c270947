"""Headlines to vectors, as a run's models take them."""

from dataclasses import replace

import numpy as np
import pytest

from core.explain import encode_headlines, encoding
from core.train.runs import load_run


@pytest.fixture
def encoded(monkeypatch):
    """The lists of texts that the encoder read."""

    def encode(texts, _encoder, pooling):
        read.append(texts)
        return np.full((len(texts), 2), float(pooling == "mean"), np.float32)

    read = []
    monkeypatch.setattr(encoding, "encode_typed", encode)
    encoding._encoded.cache_clear()
    yield read
    encoding._encoded.cache_clear()


def test_a_list_that_is_asked_for_again_is_not_read_again(small_lab, encoded):
    run = load_run(small_lab.run)
    first = encode_headlines(run, ["가온전자 <b>급등</b>", "하락"])
    again = encode_headlines(run, ["가온전자 급등", "하락"])
    assert encoded == [("가온전자 급등", "하락")]
    assert np.array_equal(first, again)
    with pytest.raises(ValueError, match="read-only"):
        again[0] = 1


def test_another_pooling_and_another_content_of_the_encoder_are_read_anew(small_lab, encoded, monkeypatch):
    run = load_run(small_lab.run)
    mean = encode_headlines(run, ["급등"])
    other = replace(run, settings=replace(run.settings, pooling="cls"))
    assert not np.array_equal(encode_headlines(other, ["급등"]), mean)
    monkeypatch.setattr(encoding, "space_key", lambda name: "saved again")
    encode_headlines(run, ["급등"])
    assert len(encoded) == 3


def test_an_encoder_that_is_not_unpacked_yet_is_loaded_before_its_key_is_asked_for(
    small_lab, encoded, monkeypatch
):
    loaded = []

    def key(name):
        assert loaded
        return "unpacked"

    monkeypatch.setattr(encoding, "load_encoder", loaded.append)
    monkeypatch.setattr(encoding, "space_key", key)
    assert encode_headlines(load_run(small_lab.run), ["급등"]).shape == (1, 2)
