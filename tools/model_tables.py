"""The tables of docs/model.md, made from the code and the city's data."""

import ast
import csv
import inspect
import re
from importlib import import_module
from pathlib import Path

from simulation import world
from simulation.engines.mesa import CarrierModel
from simulation.engines.setting import Parameters

ROOT = Path(__file__).parent.parent
CITY = ROOT / "simulation" / "cities" / "wuhan"
PARTS = tuple(Parameters._fields)
_MARK = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.S)


def filled(page: str) -> str:
    """The page with every table made anew."""
    return _MARK.sub(lambda match: match[1] + TABLES[match[2]]() + match[3], page)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def entities() -> str:
    """A table a kind of agent: each column with what the comment beside it says."""
    source = inspect.getsource(world)
    tree = ast.parse(source)
    lines = source.splitlines()
    text = ""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef) or node.name not in {t.__name__ for t in world.TABLES.values()}:
            continue
        first = (ast.get_docstring(node) or "").splitlines()[0]
        text += f"\n**{node.name}**: {first}\n\n| state | meaning |\n|---|---|\n"
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                comment = lines[item.lineno - 1].split("#", 1)[1].strip()
                text += f"| `{item.target.id}` | {_cell(comment)} |\n"
    return text + "\n"


def steps() -> str:
    """The eleven steps, as the Mesa model lists them, each with the first line of its file."""
    text = "\n| step | what happens | rules |\n|---|---|---|\n"
    calls = re.findall(r"^ +(\w+)\(self\)$", inspect.getsource(CarrierModel.quarter), re.M)
    for number, name in enumerate(calls, 1):
        module = import_module(f"simulation.engines.mesa.steps.{name}")
        sentence = (module.__doc__ or "").splitlines()[0].split(": ", 1)[1]
        rules = f"`rules/{name}.py`" if name in PARTS else ""
        text += f"| {number} {name} | {_cell(sentence)} | {rules} |\n"
    return text + "\n"


def rules() -> str:
    """A section a rule file: its first line, its functions, its numbers."""
    numbers = _rows("parameters.csv")
    text = ""
    for part in PARTS:
        module = import_module(f"simulation.rules.{part}")
        text += f"\n### {part}\n\n{(module.__doc__ or '').strip()}\n\n| rule | what it says |\n|---|---|\n"
        for name, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                text += f"| `{name}` | {_cell((function.__doc__ or '').splitlines()[0])} |\n"
        text += _numbers([row for row in numbers if row["name"].startswith(part + ".")])
    return text + "\n"


def start() -> str:
    """The numbers of the start population."""
    return _numbers(_rows("baseline.csv")) + "\n"


def _numbers(rows: list[dict[str, str]]) -> str:
    text = "\n| number | unit | low / value / high | kind | grade | source | meaning |\n|---|---|---|---|---|---|---|\n"
    for row in rows:
        interval = " / ".join(row[key] for key in ("low", "value", "high"))
        source = row["source"].replace(";", ", ")
        text += (
            f"| `{row['name']}` | {row['unit']} | {interval} | {row['kind']} | {row['grade']} | {source} | "
        )
        text += f"{_cell(row['meaning'])} |\n"
    return text


def _rows(name: str) -> list[dict[str, str]]:
    with (CITY / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TABLES = {"entities": entities, "steps": steps, "rules": rules, "start": start}
