"""How long does one live question take: to all numbers, to the words, to the page, and what does a running job add?

    python tests/benchmarks/predict.py --run ID [--times 100] [--page]

The workspace is that of HEADLINE_LAB_HOME, where the run was trained. Prints milliseconds from a text to every number
(each model, the ensemble with its interval, the groups, the opposite news, the precedents), and to the coloured words;
with `--page` those from the Enter key to the moved marks of the page in Chromium (Debian's).
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
ENDINGS = (
    "급등",
    "하락 전환",
    "목표가 상향",
    "적자 전환",
    "신제품 공개",
    "수주 확대",
    "특허 소송",
    "배당 확대",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", required=True, help="the id of a run")
    parser.add_argument("--times", type=int, default=100, help="questions")
    parser.add_argument("--page", action="store_true", help="measure the page in Chromium too")
    options = parser.parse_args()
    ask = Asking(options.run)
    ask.numbers(ask.texts(1)[0])
    ask.words(*ask.numbers(ask.texts(1)[0]))
    report("to all numbers", [timed(ask.numbers, text) for text in ask.texts(options.times)])
    questions = [ask.numbers(text) for text in ask.texts(max(options.times // 5, 1))]
    report("to the words", [timed(ask.words, *question) for question in questions])
    with ask.job():
        report("numbers, job", [timed(ask.numbers, text) for text in ask.texts(options.times)])
    if options.page:
        with serving() as url:
            report("page", list(ask.page(url, options.times // 2)))


class Asking:
    """A run with everything that its page has at hand."""

    def __init__(self, run_id: str) -> None:
        from core.data.library import load_dataset
        from core.embed import vectors_if_stored
        from core.predict import Intervals, Question, background, predictions_of_test
        from core.train.runs import load_run

        self.run = load_run(run_id)
        self.data = load_dataset(self.run.dataset_id)
        settings = self.run.settings
        vectors = vectors_if_stored(self.data.headlines, settings.encoder, settings.pooling)
        if vectors is None:
            raise SystemExit("the vectors of the run's table are not in the store")
        self.vectors = vectors
        self.background = background(self.data, vectors)
        self.intervals = Intervals.of(self.run, self.data)
        self.usual = predictions_of_test(self.run)
        names = self.run.preparation.features
        self.question = Question(
            "", features={name: float(self.data.features[name].median()) for name in names}
        )
        self.rng = np.random.default_rng(0)

    def texts(self, count: int) -> list[str]:
        """Return headlines that nobody has read before, of about 50 characters."""
        rows = self.rng.integers(0, len(self.data), count)
        return [
            f"{self.data.headlines[row][:40]} {ENDINGS[int(row) % len(ENDINGS)]} {self.rng.integers(10**6)}"
            for row in rows
        ]

    def numbers(self, text: str) -> tuple[Any, Any]:
        """Answer a question with everything but the words."""
        from dataclasses import replace

        from core.evaluate.predictions import MEAN
        from core.explain import encode_headlines
        from core.predict import opposite_news, precedents, predict_headline, standing, unread_part

        question = replace(self.question, headline=text)
        turned = opposite_news(question)
        others = [turned.text] if turned else []
        vectors = encode_headlines(self.run, [text, *others])
        unread_part(self.run, text)
        made = predict_headline(self.run, vectors, question, others)
        value = float(made.values[MEAN][-1])
        standing(value, self.usual, bool(self.run.classes))
        if self.intervals is not None:
            self.intervals.at(np.array([value]))
        precedents(self.data, self.vectors, vectors[:1], self.background, text, sealed=np.arange(0))
        return question, made

    def words(self, question: Any, made: Any) -> None:
        """Attribute the headline to its words."""
        from core.explain import explain_words, readable
        from core.predict import inputs_of

        row = inputs_of(self.run, [question], np.empty((1, 0)))._replace(vectors=None, text=None)
        explain_words(self.run, readable(question.headline), row, made.reasons, 0, -1)

    @contextmanager
    def job(self) -> Iterator[None]:
        """Embed headlines in the background meanwhile, as a job does."""
        from core.embed import resolve
        from core.embed.runtime.encoder import load_encoder

        encoder, stop = load_encoder(resolve(self.run.settings.encoder)), threading.Event()

        def work() -> None:
            while not stop.is_set():
                for _batch in encoder.encode_batches(self.texts(2_000)):
                    if stop.is_set():
                        break

        worker = threading.Thread(target=work)
        worker.start()
        time.sleep(2)
        try:
            yield
        finally:
            stop.set()
            worker.join()

    def page(self, url: str, times: int) -> Iterator[float]:
        """Type headlines into the page; the milliseconds from Enter to the moved marks of each."""
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            page.goto(f"{url}/predict?dataset={self.data.id}&run={self.run.id}", timeout=300_000)
            page.wait_for_selector(".coloured", timeout=300_000)
            field = page.locator("[data-testid=stTextInput] input").first
            for text in self.texts(times):
                page.wait_for_timeout(2_500)
                field.fill(text)
                page.evaluate(_WATCH)
                field.press("Enter")
                page.wait_for_function("window.moved > 0", timeout=60_000)
                yield float(page.evaluate("window.moved - window.pressed"))
            browser.close()


_WATCH = """() => {
  const marks = () => [...document.querySelectorAll('.st-key-chart-models .points path')]
    .map(mark => mark.getAttribute('transform')).join();
  const before = marks();
  window.moved = 0;
  document.addEventListener('keydown', () => { window.pressed = performance.now(); }, {once: true});
  const look = () => {
    const now = marks();
    if (now && now !== before) window.moved = performance.now(); else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@contextmanager
def serving() -> Iterator[str]:
    """Run the app on a free port; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen([*command, "--server.headless", "true"], cwd=ROOT)
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait()


def timed(function: Callable[..., object], *arguments: object) -> float:
    """Return the milliseconds of a call."""
    start = time.perf_counter()
    function(*arguments)
    return (time.perf_counter() - start) * 1e3


def report(label: str, milliseconds: list[float]) -> None:
    """Print the median, the 95th percentile and the longest."""
    median, high = np.percentile(milliseconds, [50, 95])
    print(
        f"{label:15} n {len(milliseconds):4}  median {median:6.0f} ms  95% within {high:6.0f} ms  longest {max(milliseconds):6.0f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()
