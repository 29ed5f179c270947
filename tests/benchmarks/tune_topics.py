"""Triplets on three topics: how far texts of one topic move together on texts that the training never saw.

Makes a file of about 300 short Korean texts on chips, cars and medicine, tunes on it, and prints the test's mean cosine
within and between topics before and after: `python tests/benchmarks/tune_topics.py [--encoder ID] [--epochs N]`.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile

import numpy as np
import pandas as pd

from core.data.ingest import File, ingest
from core.data.library import save_dataset
from core.tune.pipeline import Source, tune
from core.tune.settings import TRIPLET, TuneSettings

TOPICS = {
    "반도체": (
        ("메모리", "파운드리", "낸드플래시", "웨이퍼", "후공정", "노광장비", "서버용 D램", "이미지센서"),
        (
            "감산을 마쳤다",
            "수율을 끌어올린다",
            "공급 부족이 이어진다",
            "재고가 줄었다",
            "미세공정 경쟁이 붙었다",
        ),
    ),
    "자동차": (
        ("전기차", "하이브리드", "완성차", "자율주행", "타이어", "변속기", "중고차", "수소트럭"),
        ("판매가 늘었다", "보조금이 바뀐다", "신차를 선보인다", "리콜에 들어간다", "노사 협상이 길어진다"),
    ),
    "제약": (
        (
            "항암제",
            "백신",
            "바이오시밀러",
            "임상 3상",
            "희귀질환 치료제",
            "의료기기",
            "유전자 치료",
            "보톡스",
        ),
        (
            "허가를 받았다",
            "기술을 수출한다",
            "결과를 발표한다",
            "특허 소송에서 이겼다",
            "보험 급여가 적용된다",
        ),
    ),
}
WHEN = ("올해", "하반기", "다음 달", "3분기", "내년 초", "연말", "이번 주", "상반기")
HOW = ("예상보다 빨리", "조용히", "대규모로", "처음으로", "다시")


def texts(seed: int = 0, each: int = 100) -> pd.DataFrame:
    """Return short texts of each topic, with the columns `headline` and `label`."""
    rng = np.random.default_rng(seed)
    rows = []
    for topic, (things, ends) in TOPICS.items():
        every = list(itertools.product(WHEN, things, HOW, ends))
        for place in rng.choice(len(every), each, replace=False):
            rows.append((" ".join(every[place]), topic))
    return pd.DataFrame(rows, columns=["headline", "label"]).sample(frac=1, random_state=seed)


def main() -> None:
    """Tune and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default="multilingual-e5-small")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print("seed  gap before → after (difference with its 95% interval)  mean cosine before → after")
    for seed in range(options.seeds):
        with tempfile.TemporaryDirectory() as home:
            os.environ["HEADLINE_LAB_HOME"] = home
            made = ingest([File("topics.csv", texts(seed).to_csv(index=False).encode())])
            save_dataset(made.dataset, made.sources)
            settings = TuneSettings(TRIPLET, options.encoder, epochs=options.epochs, seed=seed)
            judged = tune(Source(dataset=made.dataset), settings).judged
        gap, alike = ((t["cosine_gap"], t["mean_cosine"]) for t in (judged.before, judged.after))
        change = judged.difference["cosine_gap"]
        print(
            f"{seed:4}  {gap[0].value:.3f} → {alike[0].value:.3f} "
            f"({change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}])  "
            f"{gap[1].value:.3f} → {alike[1].value:.3f}",
            file=sys.stdout,
            flush=True,
        )


if __name__ == "__main__":
    main()
