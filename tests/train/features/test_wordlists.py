import tomllib
from pathlib import Path

from core.train.features.wordlists import Finder, entries, key, sections


def test_an_entry_at_the_start_of_a_word_is_not_found_inside_one():
    finder = Finder(["^늘어"])
    assert finder.find("오늘어떤 날") == []
    assert finder.holds("매출 늘어")


def test_the_longest_entry_wins_and_blanks_do_not_matter():
    words = ["적자", "적자 전환"]
    assert [number for *_, number in Finder(words).find("2분기 적자전환, 3분기 적자")] == [1, 0]


def test_an_entry_with_a_gap_comes_first():
    words = ["적자", "흑자", "적자…흑자"]
    assert [number for *_, number in Finder(words).find("적자에서 흑자로")] == [2]


def test_no_word_of_the_lexicon_stands_in_two_sections():
    words = [
        key(entry)
        for lines in sections("sentiment.txt").values()
        for line in lines
        for entry in entries(line.split(":", 1)[1])
    ]
    assert [word for word in set(words) if words.count(word) > 1] == []


def test_the_word_lists_are_packaged():
    root = Path(__file__).parents[3]
    data = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    packaged = {
        path
        for pattern in data["core.train.features"]
        for path in (root / "core/train/features").glob(pattern)
    }
    assert set((root / "core/train/features/words").iterdir()) == packaged
