import pytest

from core.embed.tokens import token_counter
from core.errors import UserError
from tests.makers.tiny_encoders import save_wordpiece


def test_tokens_are_counted_with_prefix_and_beyond_the_limit(home, tmp_path):
    plain, prefixed = (
        token_counter(str(save_wordpiece(tmp_path / name, prefix=prefix)))
        for name, prefix in (("plain", None), ("prefixed", "코스피 "))
    )
    texts = ["삼성전자 급등", "삼성전자 급등 " * 400]
    short, long = plain.count(texts)
    assert 4 <= short <= 12
    assert long > plain.limit == 64
    assert (prefixed.count(texts) > plain.count(texts)).all()


def test_an_unknown_encoder_is_refused(home):
    with pytest.raises(UserError):
        token_counter("no-such-encoder")
