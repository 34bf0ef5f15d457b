"""The dashboard in a real browser: what a planner does, on a server started as a planner starts it."""

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest

import simulation as sim
from simulation.dashboard.course import Course
from simulation.dashboard.settings import Setting
from simulation.reporting.phrases import Phrases
from simulation.reporting.text import Words

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
FUTURES = 40
PATIENCE = 90_000  # milliseconds
MOVED = "levers.clean_up.strength"


@pytest.fixture(scope="module")
def server(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "simulation", "dashboard", str(folder / "small.yaml")]
    command += ["--port", str(port), "--no-browser", "--json", "--lang", "en", "--replicates", str(FUTURES)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        told = "".join(iter(running.stdout.readline, "}\n")) + "}"
        yield json.loads(told)["url"]
    finally:
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 130
        running.stdout.close()


@pytest.fixture
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, server):
    """A page whose console must stay free of errors, and that talks to nobody but the server."""
    made = browser.new_page(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    wrong, asked = [], set()
    made.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
    made.on("pageerror", lambda one: wrong.append(str(one)))
    made.on("request", lambda one: asked.add(urlsplit(one.url).netloc))
    made.set_default_timeout(PATIENCE)
    yield made
    assert not wrong
    assert {one for one in asked if one} == {urlsplit(server).netloc}


def settled(page, presets, changes):
    """Wait until the page tells of all futures of a setting; the chances on the cards."""
    study = presets.study(Setting("small", tuple(sorted(changes.items()))))
    setting = f'[data-carriersim-setting="{Course.key_of(study, 1)[0][:16]}"]'
    page.locator(f'{setting}[data-carriersim-futures="{FUTURES}"]').wait_for(state="attached")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    return page.get_by_test_id("stMetricValue").all_inner_texts()


def expected(presets, changes, tmp_path, lang="en"):
    """What the API says of the same setting with as many futures."""
    setting = Setting("small", tuple(sorted(changes.items())))
    result = sim.run(presets.scenario(setting), replicates=FUTURES, out=tmp_path / "expected", overwrite=True)
    answers = [one for one in sim.summarise(result) if one.official and one.district is None]
    return [Phrases(Words(lang), FUTURES).chance(one).replace("±", " ± ") for one in answers]


def slider(page, name):
    return page.get_by_role("slider", name=name)


def test_a_planner_moves_compares_saves_and_comes_back(page, server, presets, folder, tmp_path):
    page.goto(server)
    before = settled(page, presets, {})
    assert before == expected(presets, {}, tmp_path)

    page.get_by_text("四(三) Stocktake, clean-up, service").click()
    lever = slider(page, "Stopped carriers leave the list")
    lever.focus()
    page.keyboard.press("Home")  # by the keyboard, to its lowest
    page.wait_for_url(lambda url: f"{MOVED}=0.0" in parse_qs(urlsplit(url).query).get("set", []))
    after = settled(page, presets, {MOVED: "0.0"})
    assert after == expected(presets, {MOVED: "0.0"}, tmp_path)
    assert after != before

    page.get_by_text("Compare A with B").click()
    page.get_by_role("combobox", name=re.compile("A, the reference")).click()
    page.get_by_role("option", name="small").click()
    page.get_by_text(f"{FUTURES} pairs of futures").wait_for()
    settled_rows = page.get_by_test_id("stTable").first.inner_text()
    assert "At least 462 recognised carriers" in settled_rows

    page.get_by_text("Save or load a scenario").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as scenario file").click()
    saved = folder / "saved-by-browser.yaml"
    download.value.save_as(saved)
    try:
        result = sim.run(saved, replicates=FUTURES, out=tmp_path / "saved")
        answers = [one for one in sim.summarise(result) if one.official and one.district is None]
        told = [Phrases(Words("en"), FUTURES).chance(one).replace("±", " ± ") for one in answers]
    finally:
        saved.unlink()
    assert told == after

    address = page.url
    page.goto("about:blank")
    page.goto(address.replace("view=compare", "view=targets").replace("ref=small", ""))
    assert settled(page, presets, {MOVED: "0.0"}) == after

    page.get_by_text("中文").click()
    page.get_by_text("建设目标能否完成").wait_for()
    assert settled(page, presets, {MOVED: "0.0"}) == after
    assert "lang=zh" in page.url


def test_a_carrier_tells_its_life(page, server):
    page.goto(f"{server}/?view=carriers&lang=en")
    page.get_by_role("textbox", name=re.compile(r"Carrier \(id\)")).fill("S0001")
    page.keyboard.press("Enter")
    page.get_by_text("S0001, replicate 0").or_(page.get_by_text(re.compile("S0001.*"))).first.wait_for()
    page.get_by_role("button", name="◀ Back").click()
    page.get_by_text("2022Q1").first.wait_for()


def test_an_upload_with_a_fault_is_told_with_its_line(page, server):
    page.goto(f"{server}/?lang=en")
    page.get_by_text("Save or load a scenario").click()
    wrong = b"extends: small.yaml\nlevers:\n  clean_upp: {strength: 1}\nbaseline: /etc/passwd\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "mine.yaml", "mimeType": "application/yaml", "buffer": wrong}
    )
    page.get_by_text("mine.yaml:4:1").wait_for()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_phone_shows_all_of_it(browser, server, lang):
    phone = browser.new_page(viewport={"width": 390, "height": 800})
    phone.set_default_timeout(PATIENCE)
    phone.goto(f"{server}/?lang={lang}")
    phone.get_by_test_id("stMetricValue").first.wait_for()
    wider = (
        "[...document.querySelectorAll('[data-testid=stMain]')].some(e => e.scrollWidth > e.clientWidth + 1)"
    )
    assert not phone.evaluate(wider)


# --------------------------------------------------------------------------- what strangers may not


def handshake(server, origin):
    """The first line that the websocket answers to a page of another site, or of its own."""
    where = urlsplit(server)
    lines = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {where.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Origin: {origin}",
    ]
    with socket.create_connection((where.hostname, where.port), 60) as stream:
        stream.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return stream.recv(200).decode("latin-1").splitlines()[0]


def test_a_page_of_another_site_gets_no_websocket(server):
    assert " 101 " in handshake(server, server)
    assert " 403 " in handshake(server, "http://evil.example")


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/static/../../../../etc/passwd", "/app/static/small.yaml", "/media/small.yaml",
     "/%2e%2e/%2e%2e/etc/passwd", "/_stcore/upload_file/a/b"],
)  # fmt: skip
def test_no_file_is_served(server, path):
    where = urlsplit(server)
    with socket.create_connection((where.hostname, where.port), 60) as stream:
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: stream.recv(65536), b""))
    assert b"root:" not in answer
    assert b"convert_large" not in answer


def test_it_listens_on_this_machine_alone(server):
    port = urlsplit(server).port
    others = {one[4][0] for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in others - {"127.0.0.1", "127.0.1.1"}:
        with contextlib.suppress(OSError), socket.create_connection((address, port), 5):
            pytest.fail(f"reached on {address}")
