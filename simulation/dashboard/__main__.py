"""The server's process: ``python -m simulation.dashboard`` and options of ``streamlit run``.

What takes long at a first visit (imports, loading the compiled engine, one future) begins before anybody comes.
"""

import sys
import threading
from pathlib import Path

from streamlit.web import cli

APP = Path(__file__).with_name("app.py")


def warm() -> None:
    """Compute a few futures of the first scenario, as if a page had asked for them."""
    import simulation.dashboard.page  # noqa: F401 - imported for the pages to come
    from simulation.dashboard.server import desk, presets
    from simulation.dashboard.settings import Setting

    known = presets()
    desk().want("warm", [known.study(Setting(known.first))])


if __name__ == "__main__":
    threading.Thread(target=warm, name="warm", daemon=True).start()
    sys.exit(cli.main(["run", str(APP), *sys.argv[1:]], prog_name="streamlit"))
