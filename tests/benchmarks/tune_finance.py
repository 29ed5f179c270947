"""Classify on labelled sentences: the score over several seeds and by how many texts there are to learn from.

Splits a file of texts and labels at random and stratified, 80 to 20 with seed 42, each text once, as is usual in the
literature (the app itself keeps near-duplicates together), and prints accuracy, macro F1 and log loss of the test for
a linear model on the encoder as it is and for the tuned one:

    python tests/benchmarks/tune_finance.py FILE [--labels positive,negative] [--sizes 500,1000,0] [--seeds 3]

A tenth of the training texts chooses the epoch; size 0 is all of them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.data.ingest import File, ingest
from core.embed import resolve
from core.evaluate.metrics import accuracy, f1, log_loss
from core.tune.examples import Examples, Parts
from core.tune.judge.probe import linear_probe
from core.tune.settings import TuneSettings
from core.tune.sources import examples_of
from core.tune.training.fit import fit
from core.tune.training.model import Trainable

SPLIT_SEED, TEST_SHARE, VALID_SHARE = 42, 0.2, 0.1


def main() -> None:
    """Tune and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="a table of texts and labels")
    parser.add_argument("--labels", default="", help="only texts with these labels")
    parser.add_argument("--sizes", default="0", help="training texts, those that choose the epoch included")
    parser.add_argument("--encoder", default="multilingual-e5-small")
    parser.add_argument("--epochs", type=int, default=TuneSettings.epochs)
    parser.add_argument("--rate", type=float, default=0.0, help="learning rate, 0: the app's own")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("HEADLINE_LAB_HOME", home)
        settings = TuneSettings(
            encoder=options.encoder, epochs=options.epochs, learning_rate=options.rate, patience=0
        )
        settings = settings.resolved(resolve(options.encoder))
        data = ingest([File(options.file.name, options.file.read_bytes())]).dataset
        examples = examples_of(data, settings)
        if options.labels:
            examples = only(examples, tuple(options.labels.split(",")))
        print(f"{len(examples):,} texts, classes {', '.join(examples.classes)}")
        print(" train  seed   linear: accuracy  F1     loss    tuned: accuracy  F1     loss   epoch  seconds")
        for size in map(int, options.sizes.split(",")):
            rows = [one(examples, settings, size, seed) for seed in range(options.seeds)]
            if len(rows) > 1:
                print(f"{'':6}  mean   {told(np.mean(rows, axis=0))}", flush=True)


def only(examples: Examples, labels: tuple[str, ...]) -> Examples:
    """Return the examples with these labels."""
    numbers = [examples.classes.index(label) for label in labels]
    taken = examples.take(np.flatnonzero(np.isin(examples.labels, numbers)))
    classes = tuple(examples.classes[number] for number in sorted(numbers))
    return replace(taken, labels=np.searchsorted(np.sort(numbers), taken.labels), classes=classes)


def one(examples: Examples, settings: TuneSettings, size: int, seed: int) -> list[float]:
    """Tune once and print; return the scores of the linear model, then of the tuned one, and the seconds."""
    from sklearn.model_selection import train_test_split

    labels = examples.labels
    learning, test = train_test_split(
        np.arange(len(labels)), test_size=TEST_SHARE, stratify=labels, random_state=SPLIT_SEED
    )
    if size:
        learning, _ = train_test_split(
            learning, train_size=size, stratify=labels[learning], random_state=seed
        )
    train, valid = train_test_split(
        learning, test_size=VALID_SHARE, stratify=labels[learning], random_state=seed
    )
    parts = Parts(np.sort(train), np.sort(valid), np.sort(test))
    settings = replace(settings, seed=seed)
    model = Trainable.load(resolve(settings.encoder), settings, examples.classes)
    frozen = linear_probe(model.embed(examples.texts), labels, parts, len(examples.classes))
    start = time.perf_counter()
    history = fit(model, examples, parts, settings)
    seconds = time.perf_counter() - start
    tuned = model.probabilities([examples.texts[row] for row in parts.test])
    y, weight = labels[parts.test], np.ones((1, len(parts.test)))
    scores = [
        float(metric(y, said, weight)[0]) for said in (frozen, tuned) for metric in (accuracy, f1, log_loss)
    ]
    row = [*scores, float(history.best_epoch), seconds]
    print(f"{len(learning):6,}  {seed:4}   {told(row)}", flush=True)
    return row


def told(row: list[float] | np.ndarray) -> str:
    """Write a row's numbers under their heads."""
    linear, tuned = ("  ".join(f"{value:.3f}" for value in part) for part in (row[:3], row[3:6]))
    return f"        {linear:>22}           {tuned:>20}  {row[6]:5.1f}  {row[7]:7.0f}"


if __name__ == "__main__":
    main()
