"""Tables and charts as they are drawn: whole rows, and a file or a picture to take away."""

import json

import pandas as pd
from streamlit.testing.v1 import AppTest

from core.ui.tables import height_of


def _table(rows):
    import pandas as pd

    from core.ui.tables import table

    table(pd.DataFrame({"제목": [f"제목 {i}" for i in range(rows)], "n": range(rows)}), "some", "표의 이름")


def _chart():
    import plotly.graph_objects as go

    from core.ui.charts import show

    show(go.Figure(go.Bar(x=["a"], y=[1])), "제목 <b>", "chart some/key", "n = 1; a *mark*")


def drawn(function, **kwargs):
    app = AppTest.from_function(function, kwargs=kwargs, default_timeout=60)
    app.session_state["language"] = "ko"
    app.run()
    assert not app.exception
    return app


def test_a_table_ends_at_a_row_s_edge():
    assert [height_of(rows, 10) for rows in (0, 3, 10, 40)] == [35, 134, 365, 365]


def test_a_table_offers_itself_as_both_files():
    app = drawn(_table, rows=40)
    assert len(app.dataframe[0].value) == 40
    assert [button.label for button in app.get("download_button")] == ["CSV", "XLSX"]


def _table_of_code():
    import pandas as pd

    from core.ui.tables import table

    table(pd.DataFrame({"n": [1]}), "some", "![x](http://evil.example/y.png)")


def test_the_title_of_a_table_is_shown_as_typed():
    (title,) = drawn(_table_of_code).markdown
    assert "![" not in title.value
    assert title.value.replace("\\", "") == "**![x](http:\u2060//evil.example/y.png)**"


def test_a_chart_carries_its_title_as_text_and_its_picture_buttons():
    app = drawn(_chart)
    (chart,) = app.get("plotly_chart")
    layout = json.loads(chart.proto.spec)["layout"]
    assert layout["title"]["text"] == "<b>제목 &lt;b&gt;</b>"
    assert layout["title"]["font"]["size"] > 13
    assert pd.notna(layout["height"])
