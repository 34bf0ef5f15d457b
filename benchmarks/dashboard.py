"""Twenty users who move levers for two minutes: does anybody get a wrong answer, and how long does a move take?

    python benchmarks/dashboard.py [--users 20] [--seconds 120] [--json]

Each user is a page of a real browser on a server of its own, all on this machine, so the browser's work counts too.
Some answers are computed again through the API with as many futures. Ends with 1 when one is wrong, when a user gets
none, or when the server's memory is higher half a minute after the users left than while they were there.
"""

import argparse
import asyncio
import json
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.async_api import TimeoutError as Late
from playwright.async_api import async_playwright

import simulation as sim
from simulation.dashboard.course import Course
from simulation.dashboard.settings import Presets, from_address
from simulation.reporting.phrases import Phrases
from simulation.reporting.text import Words

SCENARIO = Path(__file__).resolve().parent.parent / "scenarios" / "wuhan-2025.yaml"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]
# A slider of the first clause, which is open; a press of a key moves it by 0.05.
SLIDERS = ("Districts build more", "Leading enterprises build", "Commercial banks build")
PATIENCE = 90.0
CHECKED = 8  # answers that are computed again
MARK = "[data-carriersim-setting]"


class Seen:
    """What the users saw: waits in seconds; address, futures and cards of each answer; what went wrong."""

    def __init__(self):
        self.waits, self.answers, self.faults = [], [], []


async def user(browser, url, number, until, presets, seen):
    """Open the page, then move a lever, wait for its first answer, think, and move again."""
    luck = random.Random(number)
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    try:
        await page.goto(f"{url}/?lang=en&set=levers.events.strength={number / 20}")
        await page.locator(MARK).wait_for(state="attached")
        while time.monotonic() < until:
            slider = page.get_by_role("slider", name=luck.choice(SLIDERS))
            await slider.focus()
            before = page.url
            began = time.monotonic()
            await page.keyboard.press(luck.choice(("ArrowLeft", "ArrowRight", "PageUp", "PageDown")))
            try:
                await page.wait_for_url(lambda now, before=before: now != before, timeout=PATIENCE * 1000)
            except Late:
                seen.faults.append(f"user {number}: a move did nothing")
                continue
            setting = setting_of(page.url)
            digest = Course.key_of(presets.study(setting), 1)[0][:16]
            await page.locator(f'[data-carriersim-setting="{digest}"]').wait_for(state="attached")
            seen.waits.append(time.monotonic() - began)
            told = await page.evaluate(
                "() => [...document.querySelectorAll('[data-testid=stMetricValue], [data-carriersim-setting]')]"
                ".map(e => e.dataset.carriersimFutures || e.innerText)"
            )
            stamp = await page.locator(MARK).get_attribute("data-carriersim-setting")
            if stamp == digest and page.url.count("set=") == len(setting.changes):
                seen.answers.append((setting, int(told[-1]), told[:-1]))
            await asyncio.sleep(luck.uniform(2.0, 6.0))
    except Late as late:
        seen.faults.append(f"user {number}: {str(late).splitlines()[0]}")
    finally:
        await context.close()


def setting_of(url):
    """The setting that an address says."""
    asked = parse_qs(urlsplit(url).query)
    return from_address(asked.get("set", []), asked["scenario"][0])


def wrong(presets, answers):
    """Which of some answers the API does not give."""
    found = []
    for setting, n, cards in answers:
        with tempfile.TemporaryDirectory() as folder:
            result = sim.run(presets.scenario(setting), replicates=n, out=Path(folder, "run"))
            official = [one for one in sim.summarise(result) if one.official and one.district is None]
            said = [Phrases(Words("en"), n).chance(one).replace("±", " ± ") for one in official]
        if said != cards:
            found.append(f"{setting.as_settings}, n = {n}: {cards}, not {said}")
    return found


def memory(pid):
    """Resident memory of a process and its children, MB."""
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(listed.stdout) / 1024


async def load(url, pid, users, seconds, presets):
    """Let the users loose; what they saw, and the server's memory before, with and after them."""
    seen, before = Seen(), memory(pid)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        until = time.monotonic() + seconds
        await asyncio.gather(*(user(browser, url, one, until, presets, seen) for one in range(users)))
        peak = memory(pid)
        await browser.close()
    await asyncio.sleep(30)
    return seen, (before, peak, memory(pid))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--users", type=int, default=20)
    options.add_argument("--seconds", type=float, default=120)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "simulation", "dashboard", str(SCENARIO), "--port", str(port)]
    server = subprocess.Popen([*command, "--no-browser", "--json"], stdout=subprocess.PIPE, text=True)
    try:
        told = json.loads("".join(iter(server.stdout.readline, "}\n")) + "}")
        presets = Presets(SCENARIO)
        time.sleep(20)  # the server warms up
        seen, (before, peak, after) = asyncio.run(
            load(told["url"], told["pid"], given.users, given.seconds, presets)
        )
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
    sample = random.Random(1).sample(seen.answers, min(CHECKED, len(seen.answers)))
    faults = [*seen.faults, *wrong(presets, sample)]
    found = {
        "users": given.users,
        "seconds": given.seconds,
        "moves": len(seen.waits),
        "wait_median": float(np.median(seen.waits)) if seen.waits else None,
        "wait_95": float(np.quantile(seen.waits, 0.95)) if seen.waits else None,
        "futures_of_first_answer_median": float(np.median([n for _, n, _ in seen.answers] or [0])),
        "checked": len(sample),
        "memory_before": before,
        "memory_peak": peak,
        "memory_after": after,
        "faults": faults,
    }
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{re.sub('_', ' ', name)}: {value}")
    sys.exit(bool(faults) or not seen.waits or after > 1.1 * peak)


if __name__ == "__main__":
    main()
