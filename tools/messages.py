"""Every template of a fault in the code: what `simulation/reporting/messages.csv` must say in Chinese."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "simulation"


def templates() -> Iterator[tuple[str, str]]:
    """Each template with the file that uses it. A template is a literal: `say(f"...")` has none and is refused."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                first = node.args[0]
                if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                    raise ValueError(f"{path}:{node.lineno}: say() needs a literal template")
                yield first.value, path.relative_to(PACKAGE).as_posix()


if __name__ == "__main__":
    for template in sorted({template for template, _ in templates()}):
        print(template)
