"""The notebooks: committed without outputs, free of functions of their own, and every one runs."""

import ast
import re
import resource
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SUBJECT = "07-a-new-behaviour"  # a class is what it is about
SECONDS = 120


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_seven_in_order():
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"0{number}" for number in range(1, 8)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs_and_defines_nothing(path):
    notebook = nbformat.read(path, 4)
    for cell in code_cells(notebook):
        assert not cell.outputs
        assert cell.execution_count is None
        python = "\n".join(line for line in cell.source.splitlines() if not line.startswith("!"))
        if path.stem != SUBJECT:
            assert not [
                one for one in ast.walk(ast.parse(python)) if isinstance(one, ast.FunctionDef | ast.ClassDef)
            ]
    assert not re.search(r"/(home|work|tmp|root)/", "".join(cell.source for cell in notebook.cells))


# In seconds of the processor: how long a wall clock runs depends on who else is at the machine.
@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_within_two_minutes(path):
    from nbclient import NotebookClient

    notebook = nbformat.read(path, 4)
    began = spent()
    # An error in a cell fails the test and shows where.
    NotebookClient(
        notebook, timeout=500, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    assert spent() - began < SECONDS
    assert any(cell.outputs for cell in code_cells(notebook))
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    told = [
        line for output in outputs if output.get("name") == "stderr" for line in output["text"].splitlines()
    ]
    # tqdm, which Mesa imports, warns where no widgets are installed.
    assert not [
        line for line in told if "Traceback" in line or ("Warning" in line and "TqdmWarning" not in line)
    ]


def spent():
    """Seconds of the processor that finished children of this process took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
