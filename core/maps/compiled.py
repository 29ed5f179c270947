"""umap-learn, with all that numba compiles for it kept on disk.

The library lets numba keep hardly any of its compiled functions, so every process would compile them anew. Here all are
kept in numba's cache: beside the library, or in the user's cache folder, or in `NUMBA_CACHE_DIR`.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType


@cache
def umap_library() -> ModuleType:
    """Return the module `umap`, its compiled functions kept on disk from one process to the next."""
    import umap
    from numba.core.dispatcher import Dispatcher

    for module in (umap.umap_, umap.layouts, umap.utils):
        for function in vars(module).values():
            if isinstance(function, Dispatcher):
                function.enable_caching()
    library: ModuleType = umap
    return library
