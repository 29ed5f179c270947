"""Findings: lengths."""

import numpy as np

from core.data.quality import TokenCounter, quality_report
from tests.makers.quality_tables import found_in, news, table


def test_lengths_are_quantiles_over_different_headlines():
    data, plan = table(["가" * 10] * 50 + ["나" * 30, "다" * 100_000, "라"])
    lengths = quality_report(data, plan).lengths
    assert lengths.characters[0.5] == 10
    assert lengths.characters[1.0] == 100_000
    found = found_in(data, plan)
    assert (found["long_headlines"].rows, found["short_headlines"].rows) == ((52,), (53,))


def test_tokens_are_counted_by_the_encoder_and_what_is_cut_is_listed():
    data, plan = table(["가 나 다", "라", "라", "마 바 사 아"])
    counter = TokenCounter("작은 인코더", 3, lambda texts: np.array([len(text.split()) for text in texts]))
    report = quality_report(data, plan, counter)
    assert (report.lengths.counted, report.lengths.cut, report.lengths.tokens[1.0]) == (3, 1 / 3, 4)
    assert found_in(data, plan, counter)["cut_headlines"].rows == (4,)


def test_tokens_are_counted_on_a_sample_of_a_large_table(monkeypatch):
    monkeypatch.setattr("core.data.quality.lengths.TOKEN_SAMPLE", 7)
    data, plan = table(news(20))
    lengths = quality_report(data, plan, TokenCounter("x", 3, lambda texts: np.full(len(texts), 2))).lengths
    assert (lengths.counted, lengths.headlines) == (7, 20)
