"""A small table as a user's file, read and saved as the page does it."""

from __future__ import annotations

from core.data.roles import guess_roles

from core.data.build import build_dataset
from core.data.library import Source, save_dataset
from core.data.plan import Plan
from core.data.reading import read_table

SMALL = "일자,제목,언론사,RSI,상수,익일수익률\n" + "".join(
    f"2024-01-{2 + i % 5:02},가온전자 {i}번째 대규모 수주 소식에 강세,가일보,{40 + i % 7},7,{(i % 5 - 2) / 100}\n"
    for i in range(40)
)


def saved(csv: str) -> str:
    """Read a CSV text as the page does, save it with its file, and return the dataset's id."""
    table = read_table(csv.encode())
    data = build_dataset([table.frame], Plan(guess_roles(table.frame).roles), "작은 표")
    save_dataset(data, [Source("작은.csv", table)])
    return data.id
