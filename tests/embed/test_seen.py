import shutil

import numpy as np
import pandas as pd
import pytest

from core.embed.seen import Seen, read, seen_by, seen_of
from tests.makers.train_tables import make_dataset


def days(*numbers):
    return [pd.Timestamp("2024-01-01") + pd.Timedelta(days=number) for number in numbers]


@pytest.fixture
def tuned(tmp_path, monkeypatch):
    """An encoder `tuned:mine` that saw headline 3 and the sessions of days 0 and 1."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path))
    folder = tmp_path / "encoders" / "tuned" / "mine"
    folder.mkdir(parents=True)
    Seen.of(["제목 3"], [*days(0, 1), pd.NaT]).save(folder)
    return folder


def test_rows_are_seen_by_their_session_or_their_text(tuned):
    dataset = make_dataset([0.1] * 6, np.array([0, 1, 2, 3, -1, 4]))
    assert seen_by("tuned:mine", dataset, np.arange(6)).tolist() == [True, True, False, True, False, False]
    assert seen_by("tuned:mine", dataset, np.array([5, 3])).tolist() == [False, True]


def test_a_text_is_known_again_in_other_brackets_and_spaces_and_not_in_other_words():
    seen = Seen.of(["[특징주] 삼성전자, 급등"], [])
    assert seen.has_text(["삼성전자 급등", "(종합) 삼성전자 급등!", "삼성전자 급락"]).tolist() == [
        True,
        True,
        False,
    ]


def test_an_encoder_that_was_not_tuned_here_has_seen_nothing(tuned):
    dataset = make_dataset([0.1] * 3, np.arange(3))
    for encoder in ("multilingual-e5-small", "tuned:other", "klue/bert-base", "tuned:../mine", ""):
        assert seen_of(encoder) is None
        assert not seen_by(encoder, dataset, np.arange(3)).any()


def test_a_copy_of_the_folder_elsewhere_is_known_by_its_path(tuned, tmp_path):
    copy = shutil.copytree(tuned, tmp_path / "copy")
    assert seen_of(str(copy)).texts.tolist() == seen_of("tuned:mine").texts.tolist()


def test_a_file_that_is_written_anew_is_read_anew(tuned):
    assert len(seen_of("tuned:mine").sessions) == 2
    Seen.of(["제목 3", "제목 4"], days(0, 1, 2)).save(tuned)
    assert len(read(tuned).sessions) == 3


def test_who_was_tuned_twice_has_seen_both():
    first, second = Seen.of(["가나다"], days(0)), Seen.of(["라마바"], days(0, 1))
    both = second.with_(first)
    assert len(both.texts) == len(both.sessions) == 2
    assert second.with_(None) is second
