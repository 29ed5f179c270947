from core.train.features.text_cache import TextCache


def test_a_text_is_read_once_but_a_single_one_each_time():
    seen = []
    cached = TextCache(lambda texts, report: seen.extend(texts) or [text.upper() for text in texts])
    assert cached(["a", "b", "a"]) == ["A", "B", "A"]
    assert cached(["b", "c"]) == ["B", "C"]
    assert (cached(["a"]), cached(["a"])) == (["A"], ["A"])
    assert seen == ["a", "b", "c", "a", "a"]
