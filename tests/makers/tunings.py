"""Small trainings on tiny encoders: labelled texts that words tell apart, and encoders without dropout."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd

from core.embed.catalog import resolve
from core.tune.examples import Examples, Parts
from core.tune.settings import TuneSettings
from core.tune.training.model import Trainable
from tests.makers.tiny_encoders import save_wordpiece

CLASSES = ("entailment", "neutral", "contradiction")
WORDS = (("상승", "돌파", "반등"), ("동결", "결렬", "협상"), ("급락", "부진", "실적"))
COMMON = ("삼성전자", "카카오", "현대차", "코스피", "외국인", "수출")


def examples(count: int = 48, pairs: bool = False, scores: bool = False, seed: int = 0) -> Examples:
    """Return texts of three classes with words of their own, or pairs of them."""
    drawn = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    texts = [_text(label, drawn) for label in labels]
    columns: tuple[list[str], ...] = (texts,)
    if pairs:
        columns = (texts, [_text((k + label) % 3, drawn) for k, label in enumerate(labels)])
    nowhere = pd.Series(pd.NaT, index=range(count))
    known = labels / 2 if scores else labels
    return Examples(columns, known, () if scores else CLASSES, np.arange(count), nowhere, np.arange(count))


def examples_for(settings: TuneSettings, count: int = 48) -> Examples:
    """Return examples such as the settings' method takes."""
    return examples(count, settings.method == "pairs", settings.loss in ("cosine", "cosent"))


def parts(count: int = 48, train: int = 36) -> Parts:
    """Return the first as training, the others as validation and test."""
    return Parts(np.arange(train), np.arange(train, count), np.arange(train, count))


def encoder(folder: Path, dropout: bool = True, **sizes: int) -> Path:
    """Save a tiny BERT, with dropout of 0.1 or without any; `sizes` are values of its config."""
    save_wordpiece(folder)
    if sizes:
        from transformers import BertConfig, BertModel

        config = BertConfig.from_pretrained(folder, **sizes)
        BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    if not dropout:
        file = folder / "config.json"
        none = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
        file.write_text(json.dumps(json.loads(file.read_text()) | none))
    return folder


def tuning(folder: Path, **choices: Any) -> TuneSettings:
    """Return settings of a small training of the encoder in the folder."""
    small = TuneSettings(encoder=str(folder), epochs=3, batch_size=8, learning_rate=1e-3, patience=0)
    return replace(small, **({"loss": ""} | choices))


def model(settings: TuneSettings, device: str = "cpu") -> Trainable:
    """Load the encoder of the settings, to compute in float32."""
    classes = () if settings.loss in ("cosine", "cosent") else CLASSES
    with mock.patch(
        "core.tune.training.model.training_dtype", return_value="float32"
    ):  # no measuring in tests
        return Trainable.load(resolve(settings.encoder), settings, classes, device)


def _text(label: int, drawn: np.random.Generator) -> str:
    words = [*drawn.choice(WORDS[label], 2), *drawn.choice(COMMON, drawn.integers(1, 6))]
    return " ".join(drawn.permutation(words))
