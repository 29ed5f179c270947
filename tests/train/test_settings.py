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
