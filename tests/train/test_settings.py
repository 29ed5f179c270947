import pytest

from core.errors import UserError
from core.train.settings import TrainSettings
from core.train.splits.registry import default_split
from tests.makers.train_tables import make_dataset, signal


@pytest.mark.parametrize(
    "wrong",
    [
        {"task": "cluster"},
        {"split": "kfold"},
        {"pooling": "median"},
        {"test_share": 0.0},
        {"test_share": 0.9},
        {"horizon": -1},
        {"seed": -1},
        {"features": "tables"},
        {"models": ("svm",)},
    ],
)
def test_a_setting_outside_its_range_is_refused_by_name(wrong):
    with pytest.raises(UserError) as caught:
        TrainSettings(**wrong)
    assert next(iter(wrong)) in str(caught.value)


def test_settings_survive_their_plain_form():
    settings = TrainSettings(task="regress", horizon=3, use_press=False)
    assert TrainSettings(**settings.as_dict()) == settings


def test_the_default_split_is_by_time_only_where_there_are_sessions():
    assert default_split(signal()[0]) == "time"
    assert default_split(make_dataset([0.1, 0.2])) == "group"


def test_a_run_of_the_table_alone_names_no_encoder_and_nothing_read_from_the_text():
    made = TrainSettings(
        features="table", encoder="any", pooling="max", components=8, extras=("length", "clock")
    )
    assert (made.encoder, made.pooling, made.components, made.extras) == ("", "mean", 0, ("clock",))
    assert made == TrainSettings(features="table", encoder="other", extras=("clock",))
    assert not made.reads_headline


def test_a_run_of_the_headline_alone_takes_no_outlet_and_no_clock():
    made = TrainSettings(features="headline", extras=("length", "clock"), winsor=0.01)
    assert (made.use_press, made.winsor, made.extras) == (False, 0.0, ("length",))
    assert made.encoder
    assert made.reads_headline


def test_models_are_in_the_order_of_the_registry_and_all_where_none_is_named():
    assert TrainSettings(models=("lgbm", "rf")).models == ("rf", "lgbm")
    assert TrainSettings().models == ("rf", "xgb", "lgbm")
