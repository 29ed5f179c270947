"""What takes long the first time, the calendar and UMAP, is made ready while the reader looks at other pages."""

from __future__ import annotations

import threading
import time

import numpy as np
import streamlit as st
from streamlit import runtime

_SECONDS = 5.0  # after the server's first page: until it has been drawn


def warm_up_once() -> None:
    """Begin, once per server and in the background; a page that a test runs has no server."""
    if type(runtime.get_instance()) is runtime.Runtime:
        _begin()


@st.cache_resource(show_spinner=False)
def _begin() -> None:
    threading.Thread(target=_work, name="headline-lab-warm-up", daemon=True).start()


def _work() -> None:
    time.sleep(_SECONDS)
    from core.data.sessions import sessions_around
    from core.maps import compile_apart, warm_up

    sessions_around(np.array(["now"], "datetime64[s]"))

    compile_apart()  # a process of its own: what is compiled here would hold up every page
    warm_up()
