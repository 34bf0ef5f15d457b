import importlib.util
import socket

import pytest

from simulation.cli import dashboard
from simulation.cli.main import main
from simulation.dashboard import server


def ended(*arguments):
    with pytest.raises(SystemExit) as end:
        main(["dashboard", *arguments])
    return end.value.code


def test_without_the_extra_it_says_what_to_install(monkeypatch, capsys):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "streamlit" else find(name))
    assert ended("scenarios/wuhan-2025.yaml") == 1
    assert '".[dashboard]"' in capsys.readouterr().err.replace("\n  ", " ")


def test_a_scenario_that_is_not_there_is_refused(capsys):
    assert ended("scenarios/wuhan-2026.yaml") == 2
    assert "wuhan-2025.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["example.com", "localhost:80", "", "999.0.0.1"])
def test_an_address_that_is_none_is_refused(address, capsys):
    assert ended("--address", address) == 2
    assert "127.0.0.1" in capsys.readouterr().err


def test_a_port_in_use_is_refused(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert ended("--port", str(port), "--no-browser") == 2
    assert str(port) in capsys.readouterr().err


def test_what_the_server_is_told():
    assert dashboard.HOME == "127.0.0.1"
    for name in ("server.enableCORS", "server.enableXsrfProtection"):
        assert dashboard.OPTIONS[name] == "true"
    for name in ("browser.gatherUsageStats", "server.enableStaticServing"):
        assert dashboard.OPTIONS[name] == "false"
    assert int(dashboard.OPTIONS["server.maxUploadSize"]) <= 20


def test_both_sides_mean_the_same_by_the_environment():
    for name in ("SCENARIO", "LANGUAGE", "REPLICATES"):
        assert getattr(server, name) == getattr(dashboard, name)
    assert server.DEFAULT_SCENARIO == dashboard.FIRST
