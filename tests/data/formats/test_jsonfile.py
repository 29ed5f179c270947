"""JSON and JSON lines."""

import json

import pandas as pd
import pytest

from core.data.formats.jsonfile import read_json
from core.data.reading import read_table
from core.errors import UserError


def in_process(value: object) -> dict[str, list[str]]:
    return read_json(json.dumps(value))[0].to_pydict()


OBJECTS = [{"제목": "급등", "값": 1}, {"제목": "급락", "값": None}]


COLUMNS = {"제목": ["급등", "급락"], "값": ["1", ""]}


@pytest.mark.parametrize(
    "document",
    [
        OBJECTS,
        {"data": OBJECTS},
        {"total": 2, "items": OBJECTS},
        {"response": {"header": {"code": "00"}, "body": {"items": {"item": OBJECTS}}}},
        {"제목": ["급등", "급락"], "값": [1, None]},
        {"제목": {"0": "급등", "1": "급락"}, "값": {"0": 1, "1": None}},
        {"0": OBJECTS[0], "1": OBJECTS[1]},
        {"columns": ["제목", "값"], "index": [0, 1], "data": [["급등", 1], ["급락", None]]},
        {"schema": {"fields": []}, "data": OBJECTS},
        [["제목", "값"], ["급등", 1], ["급락", None]],
    ],
)
def test_every_shape_of_a_table_in_json_is_read(document):
    assert in_process(document) == COLUMNS


@pytest.mark.parametrize("orient", ["records", "columns", "split", "table"])
def test_json_as_pandas_writes_it_is_read(orient):
    frame = pd.DataFrame({"제목": ["급등", "급락"], "값": [1, 2]})
    found = read_json(frame.to_json(orient=orient))[0].select(["제목", "값"])
    assert found.to_pydict() == {"제목": ["급등", "급락"], "값": ["1", "2"]}


def test_keys_that_an_object_lacks_are_empty_cells():
    assert in_process([{"a": 1}, {"b": 2}]) == {"a": ["1", ""], "b": ["", "2"]}


def test_numbers_of_json_are_exact():
    data = b'[{"a": 100000000000000000001, "b": 5930.0, "c": NaN, "d": -Infinity, "e": ' + b"9" * 5000 + b"}]"
    row = read_json(data.decode())[0].to_pylist()[0]
    assert list(row.values()) == ["100000000000000000001", "5930", "", "-inf", "9" * 5000]


@pytest.mark.slow
def test_json_lines_may_have_empty_lines_and_another_encoding():
    text = "\n".join(["", *(json.dumps(item, ensure_ascii=False) for item in OBJECTS), "", ""])
    table = read_table(text.encode("cp949"))
    assert (table.format, table.encoding) == ("jsonl", "cp949")
    assert table.frame.to_dict("list") == COLUMNS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"a": 1}, {"a": 2}', "Line 1 is no valid JSON"),
        ('{"a": 1}\n{"a": \n{"a": 3}', "Line 2 is no valid JSON"),
        ('{"a": 1}\n[1]', "Line 2 is no valid JSON (no object)"),
        ('[{"a": 1}]\n[{"a": 2}]', "Line 2 is no valid JSON (Extra data)"),
        ('{"a": 1}', "no table"),
        ('{"a": [1, 2], "b": [1]}', "different lengths: a 2, b 1"),
        ('{"a": [{"x": 1}], "b": [{"y": 1}]}', "no table"),
        ('[["a", "b"], ["1"]]', "Row 1 of the JSON"),
        ("[[]]", "empty"),
        ("[[], []]", "empty"),
        ("[{}, {}]", "empty"),
        ("[[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('[{"a": ' + "[" * 500 + "]" * 500 + "}]", ""),
    ],
)
def test_json_without_a_table_is_refused_in_one_sentence(text, words):
    if words:
        with pytest.raises(UserError) as caught:
            read_json(text)
        assert words in str(caught.value)
    else:
        assert len(read_json(text)[0]["a"][0].as_py()) == 1000


def test_a_csv_whose_header_begins_with_a_bracket_is_no_json():
    assert read_table("[속보] 제목,언론사\n급등,가\n".encode()).format == "csv"
