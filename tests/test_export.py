import pandas as pd
import pytest

from core.data.export import to_csv


@pytest.mark.parametrize("cell", ['=HYPERLINK("x")', "+1+1", "-오늘", "@SUM(A1)", "\t=1"])
def test_a_text_that_a_spreadsheet_would_run_is_neutralised(cell):
    text = to_csv(pd.DataFrame({"a": [cell]})).decode("utf-8-sig")
    assert f"'{cell}" in text.replace('""', '"')


def test_numbers_stay_numbers():
    text = to_csv(pd.DataFrame({"a": [-1.2], "b": ["-1.2"]})).decode("utf-8-sig")
    assert text.splitlines()[1] == "-1.2,-1.2"


def test_the_file_opens_in_excel_as_korean():
    assert to_csv(pd.DataFrame({"제목": ["가"]})).startswith(b"\xef\xbb\xbf")


def test_a_header_is_neutralised_too():
    assert to_csv(pd.DataFrame({"=1+1": ["가"]})).decode("utf-8-sig").startswith("'=1+1")
