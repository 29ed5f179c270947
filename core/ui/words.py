"""Streamlit's own words, which it has in English alone, in the reader's language: texts and accessible names."""

from __future__ import annotations

import streamlit as st

from core.locale import N_
from core.ui.text import _, language

OWN = (
    N_("Upload"),
    N_("Drag and drop a file here"),
    N_("file upload"),
    N_("Add files"),
    N_("{x} per file"),
    N_("Remove {x}"),
    N_("Help for {x}"),
    N_("Choose options"),
    N_("Choose an option"),
    N_("No options to select"),
    N_("No results"),
    N_("Select all"),
    N_("Select {x} matches"),
    N_("Selected values"),
    N_("Selectbox options"),
    N_("Add: {x}"),
    N_("Clear all"),
    N_("Clear value"),
    N_("Open"),
    N_("Increment"),
    N_("Decrement"),
    N_("Press Enter to apply"),
    N_("Press Enter to submit form"),
    N_("Fullscreen"),
    N_("Close fullscreen"),
    N_("Search"),
    N_("Close Search"),
    N_("Show/hide columns"),
    N_("Choose date"),
    N_("Choose date range"),
    N_("Clear date"),
    N_("Clear dates"),
)
IN_LISTS = ["No options to select", "No results", "Select all", "Select {x} matches", "Add: {x}"]
# Streamlit 1.67; `{x}` is what it puts in

# Only what Streamlit draws itself is read: texts inside the parts named here, and names of buttons and fields that
# a user's text never is. A list of options holds texts of the user too: of it only the words `IN_LISTS` are read. What is put in by the browser's own React stays until it changes it, and is then read again.
_JS = """
const TEXTS = ['stFileUploader', 'stFileUploaderDropzoneInstructions', 'InputInstructions', 'stTooltipContent']
  .map((id) => `[data-testid="${id}"]`).concat('[role="listbox"]').join(",");
const NAMED = 'button[aria-label], input[type="file"][aria-label], [role="group"][aria-label], ' +
  '[role="listbox"][aria-label], input[placeholder], button[title]';
export default function ({ data }) {
  window.__headlineLabWords?.();
  const rules = Object.entries(data.words).map(([own, ours]) => {
    const [before, after] = own.split("{x}");
    return { own, before, after, ours, open: after !== undefined };
  });
  const changed = [];
  const lists = new Set(data.lists);
  function translated(text, inList) {
    const said = text.trim();
    for (const rule of rules) {
      if (inList && !lists.has(rule.own)) continue;
      if (!rule.open) { if (said === rule.own) return rule.ours; continue; }
      const fits = said.startsWith(rule.before) && said.endsWith(rule.after) &&
        said.length > rule.before.length + rule.after.length;
      if (fits) {
        const put = said.slice(rule.before.length, said.length - rule.after.length);
        return rule.ours.replace("{x}", () => put);
      }
    }
    return null;
  }
  function read() {
    for (const part of document.querySelectorAll(TEXTS)) {
      const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (node.parentElement.closest("label, .stFileChipName")) continue;
        const ours = translated(node.nodeValue, part.matches('[role="listbox"]'));
        if (ours !== null && ours !== node.nodeValue) {
          changed.push([node, null, node.nodeValue]);
          node.nodeValue = ours;
        }
      }
    }
    for (const part of document.querySelectorAll(NAMED)) {
      for (const name of ["aria-label", "placeholder", "title"]) {
        const value = part.getAttribute(name);
        const ours = value && translated(value);
        if (ours && ours !== value) {
          changed.push([part, name, value]);
          part.setAttribute(name, ours);
        }
      }
    }
  }
  let waiting = 0;
  const observer = new MutationObserver(() => {
    if (!waiting && rules.length) waiting = setTimeout(() => { waiting = 0; read(); }, 60);
  });
  observer.observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true,
    attributeFilter: ["aria-label", "placeholder", "title"],
  });
  const stop = () => {
    observer.disconnect();
    clearTimeout(waiting);
    for (const [part, name, was] of changed) {
      if (name) part.setAttribute(name, was); else part.nodeValue = was;
    }
    if (window.__headlineLabWords === stop) delete window.__headlineLabWords;
  };
  window.__headlineLabWords = stop;
  read();
  return stop;
}
"""


@st.cache_resource(show_spinner=False)
def _component():  # type: ignore[no-untyped-def]
    return st.components.v2.component(
        "headline_lab_words", html="<i hidden></i>", js=_JS, isolate_styles=False
    )


def translate_streamlit() -> None:
    """Let the browser show Streamlit's own words in the reader's language; takes no room on the page."""
    words = {} if language() == "en" else {own: _(own, x="{x}") for own in OWN}
    with st.container(key="words"):
        _component()(key="words-component", data={"words": words, "lists": IN_LISTS})
