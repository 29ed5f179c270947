"""Topics of headlines: those that were planted are found, and where there are none, none are."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from core.data.ingest import File, ingest
from core.maps import saved_topics, topics_of
from core.maps.topics import FEWEST, find_topics
from core.settings import settings
from core.train.features.morphemes import nouns

PLANTED = {
    "실적": ("영업이익", "매출", "적자", "흑자", "전망치", "어닝"),
    "노사": ("노조", "파업", "임금", "협상", "사측", "교섭"),
    "소송": ("특허", "소송", "배상", "법원", "판결", "항소"),
    "배당": ("배당", "자사주", "소각", "주주", "환원", "지분"),
    "제품": ("신제품", "출시", "공개", "스마트폰", "가전", "양산"),
    "수주": ("수주", "계약", "공급", "납품", "발주", "낙찰"),
}
COMPANIES = ("가람전자", "나래건설", "다온제약", "마루화학")


def table_of(headlines, companies=None):
    frame = pd.DataFrame({"제목": headlines, "종목명": companies or ["가람전자"] * len(headlines)})
    return ingest([File("topics.csv", frame.to_csv(index=False).encode())]).dataset


@pytest.fixture(scope="module")
def planted():
    """600 headlines on six topics; the vectors say their company loudly and their topic softly."""
    rng = np.random.default_rng(0)
    of_topic = rng.integers(len(PLANTED), size=600)
    of_company = rng.integers(len(COMPANIES), size=600)
    words = list(PLANTED.values())
    headlines = [
        f"[특징주] {COMPANIES[c]} {' '.join(rng.permutation(words[t])[:4])} {number * 7 % 997}"
        for number, (t, c) in enumerate(zip(of_topic, of_company, strict=True))
    ]
    data = table_of(headlines, [COMPANIES[c] for c in of_company])
    spread = rng.normal(size=(600, 24)).astype(np.float32)
    topic, company = rng.normal(size=(len(PLANTED), 24)), rng.normal(size=(len(COMPANIES), 24))
    vectors = spread * 0.5 + topic[of_topic] * 0.8 + company[of_company] * 4
    place = data.frame["row"].to_numpy() - data.frame["row"].min()
    return data, vectors.astype(np.float32)[place], of_topic[place]


@pytest.mark.slow
def test_planted_topics_are_found_with_their_number_and_their_words(planted):
    data, vectors, truth = planted
    found = find_topics(data, vectors)
    assert found.stable
    assert len(found) == len(PLANTED)
    assert adjusted_rand_score(truth, found.topic) > 0.9
    for number, keywords in enumerate(found.keywords):
        mine = list(PLANTED.values())[np.bincount(truth[found.topic == number]).argmax()]
        assert set(keywords) <= set(mine)
        assert len(keywords) >= 3


def test_the_largest_topic_is_the_first_and_its_typical_headlines_are_of_it(planted):
    data, vectors, _ = planted
    found = find_topics(data, vectors, 6)
    sizes = np.bincount(found.topic)
    assert (np.diff(sizes) <= 0).all()
    for number, rows in enumerate(found.typical):
        assert 1 <= len(rows) <= 5
        assert (found.topic[list(rows)] == number).all()


def test_the_same_headlines_have_the_same_topics_again(planted):
    data, vectors, _ = planted
    one, other = find_topics(data, vectors, 8), find_topics(data, vectors, 8)
    np.testing.assert_array_equal(one.topic, other.topic)
    assert one.keywords == other.keywords


@pytest.mark.slow
def test_shuffled_words_and_vectors_have_no_topics(planted):
    vectors, rng = planted[1], np.random.default_rng(1)
    everything = [word for words in PLANTED.values() for word in words]
    headlines = [
        f"{COMPANIES[number % 4]} {' '.join(rng.permutation(everything)[:4])} {number * 7 % 997}"
        for number in range(600)
    ]
    shuffled = np.column_stack([rng.permutation(column) for column in vectors.T])
    assert find_topics(table_of(headlines), shuffled) is None


def test_too_few_headlines_have_no_topics(planted):
    data, vectors, _ = planted
    few = replace(data, frame=data.frame.iloc[: FEWEST - 1])
    assert find_topics(few, vectors[: FEWEST - 1]) is None


def test_a_new_headline_goes_where_its_nearest_are(planted):
    data, vectors, _ = planted
    found = find_topics(data, vectors, 6)
    near = vectors[:100] + np.random.default_rng(2).normal(0, 0.01, (100, vectors.shape[1]))
    assert (found.of_vectors(vectors, near) == found.topic[:100]).mean() > 0.95


def test_topics_are_saved_and_a_damaged_file_is_made_anew(planted, home):
    data, vectors, _ = planted
    assert not saved_topics(data, vectors, 6)[0]
    made = topics_of(data, vectors, 6)
    assert saved_topics(data, vectors, 6)[0]
    assert not saved_topics(data, vectors, 8)[0]
    assert not saved_topics(data, vectors + 1, 6)[0]
    again = topics_of(data, vectors, 6)
    np.testing.assert_array_equal(again.topic, made.topic)
    assert (again.keywords, again.typical, again.stability) == (made.keywords, made.typical, made.stability)
    (file,) = (settings().home / "maps").glob("topics-*.npz")
    file.write_bytes(file.read_bytes()[:-20])
    assert not saved_topics(data, vectors, 6)[0]
    np.testing.assert_array_equal(topics_of(data, vectors, 6).topic, made.topic)


def test_that_there_are_no_topics_is_saved_too(planted, home):
    data, vectors, _ = planted
    few = replace(data, frame=data.frame.iloc[:50])
    assert topics_of(few, vectors[:50]) is None
    assert saved_topics(few, vectors[:50])[0]
    assert topics_of(few, vectors[:50]) is None


def test_nouns_that_stand_together_are_one_word():
    (read,) = nouns(["삼성전자, 2분기 영업이익 14조…자사주 3조 매입"])
    assert {"영업이익", "자사주", "매입", "2분기"} <= set(read)
    assert "이익" not in read
    assert not [word for word in read if word.isdecimal() or len(word) < 2]
