"""Compare this project's maps with umap-learn, openTSNE and scikit-learn called plainly, in one run.

    python tests/benchmarks/maps.py [FILE.csv] [--count 7218] [--dims 2 3] [--methods pca umap tsne] [--whole]

All lay out the same vectors: the bundled encoder's of the file's distinct headlines, made once. Theirs are called as
their manuals do, by the cosine where they have it, with a seed; ours as a job of the app does, which measures how far
the map may be trusted within its seconds. Of every map trustworthiness and kept neighbours stand beside its seconds.
What numba compiles is compiled before. `--whole` adds the way of a new file to its first map: reading, embedding every
headline into an empty store, and the PCA; then the seconds until the UMAP stands in its place.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "headlines.csv"
METHODS = ("pca", "umap", "tsne")

Layout = Callable[[np.ndarray, int], np.ndarray]


def main() -> None:
    """Measure and print."""
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HEADLINE_LAB_HOME"] = folder
        if options.whole:
            vectors = whole_way(options.file)
        else:
            vectors = embedded(headlines_of(options.file), options.count)
        vectors = np.unique(vectors, axis=0)
        vectors = vectors[np.random.default_rng(0).permutation(len(vectors))[: options.count]]
        ours, theirs = ready()
        print(f"{options.file.name}: {len(vectors):,} different vectors of {vectors.shape[1]} numbers")
        print(f"numba was ready after {ours:.1f} s for our UMAP, {theirs:.1f} s more for umap-learn's own")
        for method in options.methods:
            for dim in options.dims:
                for name, layout in rivals(method).items():
                    measure(name, layout, vectors, dim)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--count", type=int, default=10**9, help="at most so many different headlines")
    parser.add_argument("--dims", type=int, nargs="+", default=[2, 3], choices=[2, 3])
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--whole", action="store_true", help="the way from the file to its first map too")
    return parser.parse_args()


def headlines_of(path: Path) -> list[str]:
    """Return the headlines of every row of a file."""
    from core.data.ingest import Choices, File, ingest
    from core.data.plan import Cleaning

    choices = Choices(cleaning=Cleaning(repeats="keep"))
    return list(ingest([File(path.name, path.read_bytes())], choices).dataset.headlines)


def embedded(headlines: list[str], count: int) -> np.ndarray:
    """Return the bundled encoder's vectors of different headlines, mean pooling."""
    from core.embed import embed

    return embed(list(dict.fromkeys(headlines))[:count], "multilingual-e5-small", "mean").vectors


def whole_way(path: Path) -> np.ndarray:
    """Print how long a new file takes to its first map, and to its UMAP; return its vectors."""
    from core.embed import embed
    from core.embed.checkpoint.bundled import unpack
    from core.maps import MapSettings, coordinates

    unpack()
    start = time.perf_counter()
    headlines = headlines_of(path)
    read = time.perf_counter()
    result = embed(headlines, "multilingual-e5-small", "mean")
    embedding = time.perf_counter()
    coordinates(result.vectors, MapSettings("pca"))
    first = time.perf_counter()
    coordinates(result.vectors, MapSettings("umap"))
    last = time.perf_counter()
    print(
        f"{len(headlines):,} rows, {result.distinct:,} different, on {result.device} in {result.dtype}: read in "
        f"{read - start:.1f} s, embedded in {embedding - read:.1f} s; first map (PCA) after {first - start:.1f} s, "
        f"UMAP, numba's compilation included, after {last - start:.1f} s"
    )
    return result.vectors


def ready() -> tuple[float, float]:
    """Let numba compile or load what our UMAP needs, and theirs; return how long each took."""
    from umap import UMAP

    from core.maps import warm_up

    start = time.perf_counter()
    warm_up()
    ours = time.perf_counter()
    many = np.random.default_rng(0).normal(size=(4_200, 16)).astype(np.float32)  # enough for its tree search
    UMAP(metric="cosine", n_epochs=11, random_state=0).fit(many)
    return ours - start, time.perf_counter() - ours


def rivals(method: str) -> dict[str, Layout]:
    """Return the ways to make a map by one method, ours first."""

    def ours(vectors: np.ndarray, dim: int) -> np.ndarray:
        from core.maps import MapSettings, coordinates

        return coordinates(vectors, MapSettings(method, dimensions=dim))

    return {f"{method}, Headline Lab": ours} | _THEIRS[method]


def _pca(vectors: np.ndarray, dim: int) -> np.ndarray:
    from sklearn.decomposition import PCA

    return np.asarray(PCA(dim, random_state=0).fit_transform(vectors))


def _umap(vectors: np.ndarray, dim: int) -> np.ndarray:
    from umap import UMAP

    return np.asarray(UMAP(n_components=dim, metric="cosine", random_state=0).fit_transform(vectors))


def _open_tsne(vectors: np.ndarray, dim: int) -> np.ndarray:
    from openTSNE import TSNE

    method = "auto" if dim == 2 else "bh"  # the other one knows no third dimension
    tsne = TSNE(n_components=dim, metric="cosine", random_state=0, negative_gradient_method=method)
    return np.asarray(tsne.fit(vectors))


def _tsne(vectors: np.ndarray, dim: int) -> np.ndarray:
    from sklearn.manifold import TSNE

    return np.asarray(TSNE(n_components=dim, metric="cosine", random_state=0).fit_transform(vectors))


_THEIRS: dict[str, dict[str, Layout]] = {
    "pca": {"pca, scikit-learn": _pca},
    "umap": {"umap, umap-learn": _umap},
    "tsne": {"tsne, openTSNE": _open_tsne, "tsne, scikit-learn": _tsne},
}


def measure(name: str, layout: Layout, vectors: np.ndarray, dim: int) -> None:
    """Print how long one map takes, and how far it may be trusted."""
    from core.maps import trust

    start = time.perf_counter()
    places = layout(vectors, dim)
    seconds = time.perf_counter() - start
    found = trust(vectors, places)
    print(
        f"{name:22} {dim}-D {seconds:7.1f} s  trustworthiness {found.trustworthiness:.3f}  "
        f"kept {found.kept:.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
