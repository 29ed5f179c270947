"""A small table as a user's file, read and saved as the page does it."""

from __future__ import annotations

from core.data.ingest import File, ingest
from core.data.library import save_dataset

SMALL = "일자,제목,언론사,RSI,상수,익일수익률\n" + "".join(
    f"2024-01-{2 + i % 5:02},가온전자 {i}번째 대규모 수주 소식에 강세,가일보,{40 + i % 7},7,{(i % 5 - 2) / 100}\n"
    for i in range(40)
)


def saved(csv: str) -> str:
    """Read a CSV text as the page does, save it with its file, and return the dataset's id."""
    made = ingest([File("작은.csv", csv.encode())], name="작은 표")
    save_dataset(made.dataset, list(made.sources))
    return made.dataset.id
