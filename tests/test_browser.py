"""The whole way in a real browser, from an uploaded file to a live prediction."""

import csv
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[1]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@contextmanager
def serving(home, seconds=120):
    """Run the app on a port that is free now; the address, or None where the server ended by itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "HEADLINE_LAB_HOME": str(home)})
    url = f"http://localhost:{port}"
    try:
        yield url if _answers(process, url, time.monotonic() + seconds) else None
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(process, url, end):
    """Wait until the server answers (True) or has ended (False)."""
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).close()
        except OSError:
            assert time.monotonic() < end, f"{url} does not answer"
            time.sleep(0.5)
        else:
            return process.poll() is None
    return False


@pytest.fixture
def server(home):
    for _ in range(3):  # another program may take the port before the server does
        with serving(home) as url:
            if url:
                yield url
                return
    pytest.fail("the server ended by itself, three times")


def settled(page):
    """Wait until the page has been at rest for a while: what is drawn anew stands pale until then."""
    quiet = 0
    for _ in range(240):
        page.wait_for_timeout(500)
        state = page.get_by_test_id("stApp").get_attribute("data-test-script-state")
        busy = state != "notRunning" or page.get_by_test_id("stSpinner").count()
        quiet = 0 if busy else quiet + 1
        if quiet == 3:
            return
    raise AssertionError("the page is never drawn to its end")


def select_everything(page):
    """Draw a box round the points of the map."""
    plot = page.locator("[class*='st-key-chart-map'] .js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    plot.get_by_text("네모", exact=True).click()
    area = plot.locator(".nsewdrag").first.bounding_box()
    page.mouse.move(area["x"] + 3, area["y"] + 3)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] - 3, area["y"] + area["height"] - 3, steps=10)
    page.mouse.up()


@pytest.fixture
def page():
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine")
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(locale="ko-KR", viewport={"width": 1440, "height": 1000})
        context.set_default_timeout(120_000)
        yield context.new_page()
        browser.close()


NUMBER = re.compile(r"\d*\.\d+")
EVIL = "<img src=x onerror=alert(1)> $1,300…$1,350 :red[x] ![](http://evil.example/x.png)"
EVIL_LABEL = "패 ![x](http://evil.example/y.png)"


def _table(path):
    """Write 300 rows whose last session, outlet, class and target header hold text that is code."""
    with (ROOT / "sample_data" / "headlines.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))[:300]
    target, headline, press = header.index("승패"), header.index("제목"), header.index("언론사")
    drop = header.index("익일수익률")
    header[target] = '승패 <a href="http://evil.example/z">결과</a>'
    last = max(row[0] for row in rows)
    rows.append([*rows[-1]])
    rows[-1][0], rows[-1][headline], rows[-1][press] = last, EVIL, '<b onmouseover="alert(2)">나쁜일보</b>'
    for row in (header, *rows):
        if row is not header:
            row[target] = EVIL_LABEL if row[target] == "패" else "승"
        del row[drop]
    with path.open("w", encoding="cp949", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_from_upload_to_prediction(server, page, tmp_path):
    outside, dialogs = [], []
    page.on(
        "request",
        lambda request: (
            outside.append(request.url)
            if not request.url.startswith((server, server.replace("http", "ws"), "data:", "blob:"))
            else None
        ),
    )
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))

    page.goto(server)
    page.get_by_role("button", name="내 파일 불러오기").click()
    page.get_by_role("heading", name="표에 무엇이 들어 있나?").wait_for()
    page.locator("input[type=file]").first.set_input_files(_table(tmp_path / "시세.csv"))
    page.get_by_text("CP949").wait_for()
    page.get_by_role("button", name="이 표 사용하기").click()
    page.get_by_role("tab", name="한눈에").wait_for()

    page.get_by_role("button", name="다음: 제목 임베딩하기").click()
    page.get_by_role("button", name="제목 임베딩하기", exact=True).click()
    page.get_by_text("제목당 벡터의 차원").wait_for()

    page.get_by_role("button", name="다음: 모형 학습하기").click()
    page.get_by_role("heading", name="모형은 무엇으로 학습하나?").wait_for()
    page.get_by_role("button", name="모형 학습하기", exact=True).click()
    page.get_by_role("heading", name="제목이 정말 도움이 되나?").wait_for()
    page.locator(".verdict").wait_for()
    assert "run=" in page.url

    page.reload()
    page.locator(".verdict").wait_for()
    page.get_by_role("tab", name="실제로 쓸 수 있는가").click()
    page.get_by_text("잘못된 신호의 비용").first.wait_for()
    assert EVIL_LABEL in page.get_by_test_id("stMain").inner_text().replace("\u2060", "")

    page.get_by_role("link", name="5 설명", exact=True).click()
    page.get_by_role("heading", name="가장 크게 움직이는 것은").wait_for()
    page.get_by_text("무엇이 달랐다면 예측이 바뀌었을까?").wait_for()
    settled(page)
    page.goto(re.sub(r"row=\d+", "row=300", page.url))  # the last one: its text is code
    page.locator("strong", has_text="alert(1)").wait_for()
    page.get_by_text("무엇이 달랐다면 예측이 바뀌었을까?").wait_for()
    settled(page)
    parts = page.locator(".st-key-explain-section button")
    parts.filter(has_text="표의 수치").click()
    page.get_by_text("표의 값이 예측을 어떻게 움직이나").first.wait_for()
    parts.filter(has_text="주제").click()
    page.get_by_role("button", name="주제 찾기", exact=True).click()
    page.get_by_text("주제마다 더하는 값").or_(
        page.get_by_text("이 제목들에는 주제가 없습니다")
    ).first.wait_for()
    settled(page)
    page.get_by_role("link", name="6 지도", exact=True).click()
    page.get_by_text("올가미나 상자로").wait_for()
    settled(page)
    select_everything(page)
    page.get_by_text(re.compile(r"뉴스 제목 [\d,]+개\(.*선택")).wait_for()
    page.get_by_text("선택한 뉴스 제목").first.wait_for()
    page.get_by_role("link", name="7 예측", exact=True).click()
    share = page.get_by_text("제목의 몫은")
    before = share.first.inner_text()
    field = page.get_by_role("textbox", name="뉴스 제목")
    assert field.input_value() == EVIL
    field.fill("[특징주] 대규모 수주 소식에 급등…목표주가 상향")
    field.press("Enter")
    page.wait_for_function("before => !document.body.innerText.includes(before)", arg=before)
    share.first.wait_for()
    page.get_by_text("가장 비슷한 과거 기사와 그 뒤의 결과").wait_for()

    outlet = page.get_by_role("combobox").first
    outlet.fill("없던일보")
    outlet.press("Enter")
    page.get_by_text("처음 보는 언론사입니다").wait_for()

    assert dialogs == []
    assert outside == []


def test_the_sample_stands_before_its_verdict_and_is_taken_away_in_files(server, page, tmp_path):
    page.goto(server)
    page.get_by_role("button", name="가상의 예제로 시작하기").click()
    page.get_by_role("heading", name="제목이 정말 도움이 되나?").wait_for()
    page.locator(".verdict .number").wait_for()
    page.locator(".st-key-chart-staircase .js-plotly-plot").wait_for()
    seen = page.locator(".verdict, .cards, .st-key-chart-staircase")
    for part in seen.all():  # the three questions are answered before anything is scrolled
        box = part.bounding_box()
        assert box["y"] + box["height"] <= 1000

    def saved(button):
        button.wait_for()
        with page.expect_download() as download:
            button.click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    under = page.locator(".st-key-under-chart-staircase")
    picture = saved(under.get_by_role("button", name="PNG")).read_bytes()
    assert picture.startswith(b"\x89PNG")
    drawing = saved(under.get_by_role("button", name="SVG")).read_text(encoding="utf-8")
    for words in ("정보 누수를 걷어내면", "LightGBM, n =", f"Headline Lab · {time.strftime('%Y-%m-%d')}"):
        assert words in drawing
    values = saved(under.get_by_role("button", name="CSV")).read_text(encoding="utf-8-sig")
    header, *points = list(csv.reader(values.splitlines()))
    assert len(header) == 5
    assert len(points) >= 4  # a step each
    assert any(
        0.3 < float(point[place]) < 1
        for point in points
        for place in (1, 2)
        if NUMBER.fullmatch(point[place])
    )
    assert not any("<" in text for point in points for text in point)
    book = saved(page.locator('[class*="st-key-xlsx-"] button:visible').first)
    rows = list(openpyxl.load_workbook(book).active.iter_rows(values_only=True))
    assert "모형" in rows[0]
    assert len(rows) > 5
    table = saved(page.locator('[class*="st-key-csv-"] button:visible').first)
    assert table.read_bytes().startswith(b"\xef\xbb\xbf")


def test_two_files_are_joined_and_a_choice_is_changed_afterwards(server, page):
    page.goto(f"{server}/data")
    page.get_by_role("heading", name="표에 무엇이 들어 있나?").wait_for()
    page.locator("input[type=file]").first.set_input_files(ROOT / "sample_data" / "headlines_only.csv")
    page.get_by_role("button", name="이 표 사용하기").wait_for()
    page.locator("input[type=file]").nth(1).set_input_files(ROOT / "sample_data" / "features_only.csv")
    page.get_by_text("두 번째 파일의").first.wait_for()
    page.get_by_text("짝을 찾았고").wait_for()
    page.get_by_role("button", name="이 표 사용하기").click()
    page.get_by_role("heading", name="headlines_only.csv").wait_for()
    first = page.url
    page.get_by_role("tab", name="행", exact=True).click()
    table = page.get_by_test_id("stDataFrame").locator("visible=true").first
    table.scroll_into_view_if_needed()
    table.hover()
    page.get_by_label("크게 보기").locator("visible=true").first.wait_for()
    assert not any(button.is_visible() for button in page.get_by_label("Download as CSV").all())

    page.get_by_role("tab", name="만든 과정").click()
    page.get_by_role("button", name="역할·목표·정리 바꾸기").click()
    settled(page)  # an expander that is drawn anew is closed again
    page.get_by_text("무엇을 뺄까요?").click()
    page.get_by_role("radiogroup", name="다른 행과 완전히 같은 행").get_by_text("두기", exact=True).click()
    page.get_by_role("button", name="이 표 사용하기").click()
    page.wait_for_function("first => location.href !== first", arg=first)


def test_the_sheet_that_holds_headlines_is_taken_and_another_can_be_chosen(server, page, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "표지"
    book.active.append(["분기 보고"])
    news = book.create_sheet("뉴스")
    news.append(["제목", "일자"])
    for day in range(2, 12):
        news.append([f"가온전자 {day}번째 대규모 수주 소식에 강세", f"2024-01-{day:02}"])
    book.save(tmp_path / "보고.xlsx")
    page.goto(f"{server}/data")
    page.locator("input[type=file]").first.set_input_files(tmp_path / "보고.xlsx")
    page.get_by_text("10행 2열").wait_for()
    page.get_by_role("combobox", name="시트").click()
    page.get_by_role("option", name="표지").click()
    refused = page.get_by_text("뉴스 제목으로 보이는 열이 없습니다").or_(
        page.get_by_text("열 이름만 있고 행이 없습니다")
    )
    refused.wait_for()
    assert refused.count() == 1


def test_a_phone_sees_nothing_cut_off(server, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(server)
    page.get_by_role("heading", name="뉴스 제목이 결과에").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
