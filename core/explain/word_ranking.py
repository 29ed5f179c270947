"""Words by how far they move the predictions, and whether what happened moved with them.

Both intervals are clustered by session and corrected for the number of ranked words (`core.evaluate.clustered`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.dataset import Dataset
from core.evaluate.blocks import block_numbers
from core.evaluate.clustered import clustered_mean
from core.explain.effects import confirmed, outcomes_of_run
from core.explain.global_words import Vocabulary
from core.train.run import Run

FEWEST = 5  # sessions with a word, for it to be ranked


def rank_words(found: Vocabulary, run: Run, dataset: Dataset, chosen: int = -1) -> pd.DataFrame:
    """Return the words of at least 5 sessions (stories where there are none), those that surely move first.

    The columns: `word`, `code` (its number in `found.names`), `headlines` and `sessions` of the sample, `mean, low,
    high` (contribution per headline), `moves` (whether the interval leaves out 0); `events` of the test with the word,
    `happened, happened_low, happened_high`: the mean outcome of those less that of all others (share of the class
    `chosen`, or mean return); and `confirmed`: that interval leaves out 0 on the side of `mean`. Where the test rows
    taught the models (a walk-forward beside a sealed holdout), the sides agree more often than by chance; the interval
    of what happened holds all the same.
    """
    per_row = (
        pd.DataFrame({"code": found.word, "row": found.row, "value": found.value})
        .groupby(["code", "row"], as_index=False)["value"]
        .sum()
    )
    per_row["cluster"] = block_numbers(dataset, per_row["row"].to_numpy())
    kept = [(code, part) for code, part in per_row.groupby("code") if part["cluster"].nunique() >= FEWEST]
    columns = ["word", "code", "headlines", "sessions", "mean", "low", "high", "moves", "events"]
    columns += ["happened", "happened_low", "happened_high", "confirmed"]
    if not kept:
        return pd.DataFrame(columns=columns).astype({"moves": bool, "confirmed": bool})
    lines = []
    tested = outcomes_of_run(run, dataset, found.tested, chosen)
    for code, part in kept:
        moved = clustered_mean(part["value"].to_numpy(), part["cluster"].to_numpy(), len(kept))
        rows = found.test_row[found.test_word == code]
        happened, events = tested.difference(rows, len(kept)), int(tested.having(rows).sum())
        lines.append(
            {
                "word": str(found.names[code]),
                "code": int(code),
                "headlines": len(part),
                "sessions": int(part["cluster"].nunique()),
                "mean": moved.value,
                "low": moved.low,
                "high": moved.high,
                "moves": bool(moved.low > 0 or moved.high < 0),
                "events": events,
                "happened": happened.value,
                "happened_low": happened.low,
                "happened_high": happened.high,
                "confirmed": confirmed(moved.value, happened),
            }
        )
    table = pd.DataFrame(lines, columns=columns).astype({"moves": bool, "confirmed": bool})
    order = np.lexsort((table["word"], -table["mean"].abs(), ~table["moves"]))
    return table.iloc[order].reset_index(drop=True)
