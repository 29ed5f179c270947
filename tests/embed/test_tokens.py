import pytest

from core.embed.checkpoint import bundled
from core.embed.tokens import token_counter
from core.errors import UserError


def test_tokens_are_counted_with_prefix_and_beyond_the_limit(home):
    bundled.unpack()
    counter = token_counter("multilingual-e5-small")
    short, long = counter.count(["삼성전자 급등", "삼성전자 급등 " * 400])
    assert 4 <= short <= 12
    assert long > counter.limit == 512


def test_an_unknown_encoder_is_refused(home):
    with pytest.raises(UserError):
        token_counter("no-such-encoder")
