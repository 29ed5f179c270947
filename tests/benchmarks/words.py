"""Time the words of a headline: `python tests/benchmarks/words.py [HEADLINE ...]`.

Trains a run on the sample with the bundled encoder in a workspace of its own, then explains each headline a few times
as the pages do, and prints characters, words, whether every combination was read, the median seconds and the largest
standard error.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from core.data.ingest import File, ingest
from core.embed import embed
from core.evaluate.predictions import MEAN
from core.explain import explain_headline
from core.train import TrainSettings
from core.train.features.inputs import Inputs
from core.train.pipeline import train

SAMPLE = Path(__file__).parents[2] / "sample_data" / "headlines.csv"
HEADLINES = (
    "카카오페이, 첫 분기 흑자전환에 성공",
    "환율 효과 톡톡…단비푸드 화장품 이익 개선, 2거래일 연속 강세",
    "[특징주] 미리내칩스 배당 35% 늘린다…주당 450원, 역대 최대 주주환원에 외국인 순매수 이어져",
)
TURNS = 5


def main(headlines: list[str]) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["HEADLINE_LAB_HOME"] = home
        data = ingest([File(SAMPLE.name, SAMPLE.read_bytes())]).dataset
        settings = TrainSettings()
        vectors = embed(data.headlines, settings.encoder, settings.pooling).vectors
        run = train(data, vectors, settings)
        features = pd.DataFrame([data.features.median()])
        row = Inputs(None, features, pd.Series([run.preparation.outlets[0]], dtype="str"))
        print("characters  words  exact  seconds  error")
        for headline in headlines or HEADLINES:
            seconds = []
            for _turn in range(TURNS):
                start = time.perf_counter()
                _, said = explain_headline(run, headline, row)
                seconds.append(time.perf_counter() - start)
            worst = float(max(said.errors[MEAN], default=0.0))
            print(
                f"{len(headline):10}  {len(said.words):5}  {said.exact!s:5}  {np.median(seconds):7.2f}  {worst:.4f}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
