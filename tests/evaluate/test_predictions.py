import numpy as np
import pandas as pd
import pytest

from core.evaluate.predictions import Predictions
from tests.makers.predictions import A_DAY, DAYS, made_up


def test_the_table_has_the_columns_that_join_training_and_evaluation():
    predictions, *_ = made_up("classify", folds=2)
    assert list(predictions.table) == ["row", "session", "company", "fold", "outcome", "mean:패", "mean:승"]
    assert predictions["mean"].shape == (DAYS * A_DAY, 2)


def test_a_table_without_one_of_its_columns_is_refused():
    with pytest.raises(ValueError, match="lacks the columns fold, outcome"):
        Predictions(pd.DataFrame({"row": [1], "session": [None], "company": [None]}))


def test_holdout_and_walk_part_the_rows_and_the_test_is_the_holdout_unless_it_is_sealed():
    predictions, *_ = made_up(folds=2)
    assert len(predictions.holdout) + len(predictions.walk) == len(predictions)
    assert (predictions.test.fold == 0).all()
    sealed, *_ = made_up(folds=2, sealed=True)
    assert len(sealed.holdout) == 0
    assert len(sealed.test) == len(sealed)


def test_a_model_that_left_out_a_row_is_named_but_does_not_count_as_a_model_of_the_table():
    predictions, *_ = made_up()
    some = predictions.replace(other=np.where(np.arange(len(predictions)) == 3, np.nan, 0.1))
    assert some.names == ("mean", "other")
    assert some.models == ("mean",)
    assert some.where(np.arange(len(some)) != 3).models == ("mean", "other")


def test_rows_are_found_in_the_dataset_whatever_their_order():
    predictions, data, _ = made_up()
    mixed = predictions.where(np.arange(len(predictions)) % 7 == 2)
    positions = mixed.positions(data)
    assert (data.frame["row"].iloc[positions].to_numpy() == mixed.table["row"]).all()
    wanted = positions[::-1][:5]
    assert (mixed.at(data, wanted).table["row"].to_numpy() == data.frame["row"].iloc[wanted].to_numpy()).all()


def test_a_row_that_the_dataset_has_not_is_refused():
    predictions, data, _ = made_up()
    strange = Predictions(predictions.table.assign(row=predictions.table["row"] + 10_000))
    with pytest.raises(ValueError, match="360 of 360 predicted rows are not in the dataset"):
        strange.positions(data)
