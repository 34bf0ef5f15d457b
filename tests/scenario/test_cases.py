"""Hostile files: each line of ``cases/*.yaml`` that is wrong says so, and every fault is found at once."""

import re
from pathlib import Path

import pytest

from simulation.scenario import ScenarioErrors, load

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
MARK = re.compile(r"# fault: (.*)$")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_faulty_line_is_reported_and_no_other(path: Path) -> None:
    expected = {
        number: match[1]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (match := MARK.search(line))
    }
    with pytest.raises(ScenarioErrors) as caught:
        load(path)
    faults = caught.value.faults
    assert [fault.line for fault in faults] == sorted(expected), "\n".join(map(str, faults))
    for fault in faults:
        assert fault.file == path.name
        assert fault.column > 0
        assert expected[fault.line] in str(fault)
    assert faults == sorted(faults)


def test_cases_are_there() -> None:
    assert len(CASES) >= 10
