"""What a reader takes away: a chart as PNG or SVG with its title, note and date, or its values as CSV, by the browser."""

from __future__ import annotations

import textwrap
from datetime import datetime

import streamlit as st

from core.ui.text import _, file_name
from core.ui.theme import FONT, palette

# The browser has the chart already; Plotly's own button saves a copy of what `layout` says at that moment, so
# title, note and date are put there for the moment of the click.
_JS = r"""
export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".pictures");
  box.replaceChildren();
  for (const format of ["png", "svg", "csv"]) {
    const button = document.createElement("button");
    button.textContent = format.toUpperCase();
    button.title = data[format];
    button.setAttribute("aria-label", data[format]);
    button.onclick = () => save(format, data);
    box.append(button);
  }
}
const RUNS = /^[=+\-@\t\r\n＝＋－＠]/, NUMBER = /^[+-]?[\d,]*(\.\d+)?(e[+-]?\d+)?%?$/i;
function plain(value) {
  const page = new DOMParser().parseFromString(String(value ?? "").replace(/<br\s*\/?>/g, " "), "text/html");
  return page.body.textContent;
}
function cell(value) {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  let text = plain(value);
  if (RUNS.test(text) && !NUMBER.test(text)) text = "'" + text;  // no formula for a spreadsheet
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
function values(plot, words) {
  const axis = (name) => plain(plot._fullLayout[name]?.title?.text) || name[0];
  const rows = [[words.series, axis("xaxis"), axis("yaxis"), words.value, words.label]];
  for (const { name, x, y, z, hovertext, text, customdata } of plot._fullData) {
    if (!x || !y) continue;
    if (z && !Array.isArray(z[0]) && !ArrayBuffer.isView(z[0])) z.forEach((of_z, i) => rows.push([name, x[i], y[i], of_z, text?.[i]]));
    else if (z) y.forEach((of_y, i) => x.forEach((of_x, j) => rows.push([name, of_x, of_y, z[i][j], ""])));
    else for (let i = 0; i < Math.min(x.length, y.length); i++) {
      const label = [hovertext, text, customdata].find((list) => Array.isArray(list) && list[i] != null)?.[i];
      if (x[i] != null || y[i] != null) rows.push([name, x[i], y[i], "", Array.isArray(label) ? label.join(" · ") : label]);
    }
  }
  return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}
function save(format, data) {
  const plot = document.querySelector(`.st-key-${CSS.escape(data.chart)} .js-plotly-plot`);
  if (plot && format === "csv") {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + values(plot, data.words)], { type: "text/csv" }));
    link.download = `${data.file}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
    return;
  }
  const press = plot?.querySelector(".modebar-btn");
  if (!press) return;
  const layout = plot.layout, kept = { ...layout }, lines = data.lines.length;
  const below = 17 * lines + 14, height = plot.clientHeight + below;
  const bottom = (plot._fullLayout._size?.b ?? 60);
  layout.height = height;
  layout.margin = { ...layout.margin, b: bottom + below };
  layout.paper_bgcolor = data.paper;
  layout.updatemenus = [];  // buttons and sliders are for the page
  layout.sliders = [];
  if (layout.legend) layout.legend = { ...layout.legend, y: below / height };
  layout.annotations = [...(layout.annotations || []), {
    text: data.lines.join("<br>"), showarrow: false, align: "left", xref: "paper", yref: "paper", x: 0, y: 0,
    xanchor: "left", yanchor: "bottom", xshift: -(plot._fullLayout._size?.l ?? 0) + 8, yshift: -(bottom + below) + 6,
    font: { size: 12, color: data.ink, family: data.font },
  }];
  plot._context.toImageButtonOptions = {
    format, filename: data.file, width: plot.clientWidth, height, scale: format === "png" ? 2 : 1,
  };
  press.click();
  for (const name of Object.keys(layout)) if (!(name in kept)) delete layout[name];
  Object.assign(layout, kept);
}
"""


@st.cache_resource(show_spinner=False)
def _component():  # type: ignore[no-untyped-def]
    return st.components.v2.component(
        "headline_lab_pictures", html="<div class='pictures'></div>", js=_JS, isolate_styles=False
    )


def picture_buttons(chart: str, title: str, note: str) -> None:
    """Offer the chart with the key `chart` as PNG, SVG and CSV; a picture carries its title, the note and the date."""
    today = f"{datetime.now():%Y-%m-%d}"
    colours = palette()
    _component()(
        key=f"save-{chart}",
        data={
            "chart": chart,
            "lines": [*textwrap.wrap(note, 110), f"Headline Lab · {today}"],
            "file": f"{file_name(title)}-{today}",
            "paper": colours.surface,
            "ink": colours.muted,
            "font": FONT,
            "png": _("Save this chart as PNG"),
            "svg": _("Save this chart as SVG"),
            "csv": _("Save the values of this chart as CSV"),
            "words": {"series": _("series"), "value": _("value"), "label": _("label")},
        },
        width="content",
    )
