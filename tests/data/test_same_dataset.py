"""The same table in any coat is the same dataset: encoding, Unicode form, delimiter, column order, format, two files."""

import json
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from core.data.guess.roles import guess_roles
from core.data.ingest import File, ingest
from core.data.reading import read_table
from tests.makers.table_files import exact_objects, parquet_file, workbook

ROOT = Path(__file__).parents[2]
SAMSUNG = ROOT.parent / "shared" / "data" / "samsung_headlines.csv"
ROWS = 1500


def _id(*files: bytes) -> str:
    return ingest([File("x", file) for file in files]).dataset.id


def _csv(table: pd.DataFrame, encoding: str = "utf-8", sep: str = ",") -> bytes:
    return table.to_csv(index=False, sep=sep).encode(encoding)


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with true numbers in its number columns, as a workbook or a Parquet file holds them."""
    guess = guess_roles(table).roles
    numeric = [*guess.numeric, guess.target]
    return table.assign(**{name: pd.to_numeric(table[name].replace("", None)) for name in numeric})


def _json_lines(table: pd.DataFrame) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in exact_objects(_numbers(table))).encode()


VARIANTS = {
    "BOM": lambda table: _csv(table, "utf-8-sig"),
    "UTF-16": lambda table: _csv(table, "utf-16"),
    "NFD": lambda table: unicodedata.normalize("NFD", _csv(table).decode()).encode(),
    "semicolons": lambda table: _csv(table, sep=";"),
    "tabs": lambda table: _csv(table, sep="\t"),
    "shuffled columns": lambda table: _csv(table[list(reversed(table.columns))]),
    "XLSX": lambda table: workbook(_numbers(table)),
    "Parquet": lambda table: parquet_file(_numbers(table)),
    "JSON lines": _json_lines,
}


@pytest.fixture(scope="module", params=["sample", "samsung"])
def table(request):
    file = ROOT / "sample_data" / "headlines.csv" if request.param == "sample" else SAMSUNG
    if not file.is_file():
        pytest.skip("the real headlines are not beside this checkout")
    frame = read_table(file.read_bytes()).frame
    return frame if request.param == "samsung" and request.config.getoption("--slow") else frame.head(ROWS)


@pytest.fixture(scope="module")
def plain(table):
    return _id(_csv(table))


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_of_the_file_is_the_same_dataset(table, plain, variant):
    assert _id(VARIANTS[variant](table)) == plain


def test_cp949_is_the_same_dataset_where_it_can_hold_the_text(table):
    fits = [all(_encodable(cell) for cell in row) for row in table.itertuples(index=False)]
    part = table[fits]
    assert len(part) > ROWS // 2
    assert _id(_csv(part, "cp949")) == _id(_csv(part))


def _encodable(cell: str) -> bool:
    try:
        cell.encode("cp949")
    except UnicodeEncodeError:
        return False
    return True


def test_the_file_split_in_two_by_a_key_is_the_same_dataset(table):
    roles = guess_roles(table).roles
    whole = table.drop_duplicates().reset_index(drop=True)
    key = [f"K{number:06}" for number in range(len(whole))]
    texts = [roles.date, roles.group, roles.headline, roles.press]
    first = whole[texts].assign(기사번호=key)
    second = whole.drop(columns=texts).assign(기사번호=key).iloc[::-1]
    assert _id(_csv(first), _csv(second)) == _id(_csv(whole))


@pytest.mark.parametrize("table", ["samsung"], indirect=True)
def test_the_real_file_split_in_two_by_company_and_day_is_the_same_dataset(table):
    roles = guess_roles(table).roles
    second = table.drop(columns=[roles.headline, roles.press]).drop_duplicates()
    first = table[[roles.date, roles.group, roles.headline, roles.press]]
    assert _id(_csv(first), _csv(second)) == _id(_csv(table))


def test_another_cell_is_another_dataset(table, plain):
    changed = table.copy()
    changed.iloc[5, changed.columns.get_loc("제목")] += "!"
    assert _id(_csv(changed)) != plain
