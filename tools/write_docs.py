"""Write the pages of docs/ that are made from code and data.

``python tools/write_docs.py levers`` writes one, ``all`` every one; with ``--check`` none is written, and the exit
code is 1 when one has drifted.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # so that it also runs as a file, from any folder


def levers(_: str) -> str:
    from tools import lever_page

    return lever_page.page()


def model(text: str) -> str:
    from tools import model_tables

    return model_tables.filled(text)


def tables(_: str) -> str:
    from tools import table_page

    return table_page.page()


# A page a name: the file, and how its text is made anew from the text as it stands.
PAGES: dict[str, tuple[Path, Callable[[str], str]]] = {
    "levers": (ROOT / "docs" / "levers.md", levers),
    "tables": (ROOT / "docs" / "tables.md", tables),
    "model": (ROOT / "docs" / "model.md", model),
}


def write(name: str, check: bool) -> bool:
    """Write one page unless it is only to be checked; whether it had drifted."""
    path, made = PAGES[name]
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    after = made(before)
    if before == after:
        return False
    if not check:
        path.write_text(after, encoding="utf-8")
    print(f"docs/{path.name}: {'has drifted' if check else 'written'}")
    return True


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="page", required=True, metavar="PAGE")
    for name in (*PAGES, "all"):
        file = f"docs/{PAGES[name][0].name}" if name in PAGES else "every page"
        command = commands.add_parser(name, help=file)
        command.add_argument("--check", action="store_true", help="write nothing; exit code 1 on drift")
    given = parser.parse_args(arguments)
    names = list(PAGES) if given.page == "all" else [given.page]
    drifted = [name for name in names if write(name, given.check)]
    return 1 if drifted and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
