"""``carriersim dashboard``: a page on which levers are moved and the projections move with them."""

from __future__ import annotations

import contextlib
import importlib.util
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import click

from simulation.cli.help import Helped, Option
from simulation.cli.scenarios import load
from simulation.cli.terminal import INTERRUPTED, Failed, Refused, Terminal, answering

SCENARIO, LANGUAGE = "CARRIERSIM_DASHBOARD_SCENARIO", "CARRIERSIM_DASHBOARD_LANG"
REPLICATES = "CARRIERSIM_DASHBOARD_REPLICATES"
FIRST = "scenarios/wuhan-2025.yaml"
HOME = "127.0.0.1"
_PATIENCE = 60.0  # seconds for the server to answer

# What the server is told besides address and port; the rest of Streamlit's defaults holds.
OPTIONS = {
    "browser.gatherUsageStats": "false",
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "server.allowRunOnSave": "false",
    "server.disconnectedSessionTTL": "60",
    "server.enableCORS": "true",
    "server.enableStaticServing": "false",
    "server.enableXsrfProtection": "true",
    "server.fileWatcherType": "none",
    "server.headless": "true",
    "server.maxUploadSize": "20",
    "server.showEmailPrompt": "false",
    "theme.primaryColor": "#0072B2",
}


class _Dashboard(Helped):
    example = "carriersim dashboard scenarios/wuhan-2025.yaml --port 8600"


class _Address(click.ParamType[str]):
    """An address of this machine to listen on."""

    name = "address"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """An IP address, or localhost."""
        try:
            return str(ipaddress.ip_address(HOME if value == "localhost" else value))
        except ValueError:
            self.fail(f"{value!r} is no address such as 127.0.0.1 or 0.0.0.0", param, ctx)


@click.command("dashboard", cls=_Dashboard)
@click.argument("scenario", type=click.Path(), default=FIRST, required=False)
@click.option(
    "--port", type=click.IntRange(1, 65535), metavar="P", default=8501, show_default=True, cls=Option
)
@click.option("--address", type=_Address(), metavar="IP", default=HOME, show_default=True, cls=Option)
@click.option("--no-browser", "browser", is_flag=True, flag_value=False, default=True, cls=Option)
@click.option(
    "--replicates",
    "refined",
    type=click.IntRange(1, 10_000),
    metavar="N",
    default=1000,
    show_default=True,
    cls=Option,
)
@answering
def command(terminal: Terminal, scenario: str, port: int, address: str, browser: bool, refined: int) -> None:
    """Serve the dashboard until Ctrl-C."""
    words = terminal.words
    if importlib.util.find_spec("streamlit") is None:
        raise Failed(words("error.dashboard.extra"))
    load(terminal, scenario, (), None)
    if _taken(address, port):
        raise Refused(words("error.dashboard.port", address=address, port=port))
    here = HOME if ipaddress.ip_address(address).is_unspecified else address
    url = f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"
    if not ipaddress.ip_address(address).is_loopback:
        terminal.warn(words("dashboard.open_to_all", address=address))
    with _server(scenario, port, address, words.language, refined) as server:
        _wait(server, url, words)
        terminal.answer(
            lambda: {"url": url, "pid": server.pid}, lambda: [words("dashboard.serving", url=url)]
        )
        sys.stdout.flush()
        if browser:
            webbrowser.open(url)
        code = server.wait()
    if code:
        raise Failed(words("error.dashboard.ended", code=code))


@contextlib.contextmanager
def _server(
    scenario: str, port: int, address: str, lang: str, replicates: int
) -> Iterator[subprocess.Popen[Any]]:
    """The server as a process of its own, which ends with this one: on Ctrl-C and on being told to stop."""
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    options += [f"--server.address={address}", f"--server.port={port}"]
    environment = os.environ | {SCENARIO: str(Path(scenario).resolve()), LANGUAGE: lang}
    environment |= {REPLICATES: str(replicates)}
    command = [sys.executable, "-m", "simulation.dashboard", *options]
    server = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
    )
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield server
    except KeyboardInterrupt:
        click.get_current_context().exit(INTERRUPTED)
    finally:
        signal.signal(signal.SIGTERM, before)
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def _taken(address: str, port: int) -> bool:
    """Whether somebody listens there already, or nobody may."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
        except OSError:
            return True
    return False


def _wait(server: subprocess.Popen[Any], url: str, words: Any) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + _PATIENCE
    ask = build_opener(ProxyHandler({})).open  # never through a proxy: it is this machine
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), ask(f"{url}/_stcore/health", timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise Failed(words("error.dashboard.start"))
