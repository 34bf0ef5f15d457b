"""How much memory the command takes at its peak, for few and for many replicates.

    python benchmarks/memory.py [--json] [--few 100] [--many 10000] [--scenario FILE]

The peak of a run is that of its largest process: this one, which writes and answers, or a worker.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SCENARIO = Path(__file__).parent.parent / "scenarios" / "wuhan-2025.yaml"
RUN = """
import contextlib, resource, sys
from simulation.cli.main import main
try:
    with contextlib.redirect_stdout(sys.stderr):
        main(sys.argv[1:])
except SystemExit as ended:
    if ended.code:
        raise
peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(*peaks)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    parser.add_argument("--few", type=int, default=100, help="replicates (default: %(default)s)")
    parser.add_argument("--many", type=int, default=10_000, help="replicates (default: %(default)s)")
    parser.add_argument("--scenario", type=Path, default=SCENARIO)
    arguments = parser.parse_args()
    few, many = (peak(arguments.scenario, number) for number in (arguments.few, arguments.many))
    answer = {
        f"rss_{arguments.few}": max(few),
        f"rss_{arguments.many}": max(many),
        "ratio": max(many) / max(few),
        "parent_ratio": many[0] / few[0],
    }
    if arguments.json:
        print(json.dumps(answer))
    else:
        for number, (own, worker) in ((arguments.few, few), (arguments.many, many)):
            print(f"{number:>6} replicates: {own / 1e6:.0f} MB, its largest worker {worker / 1e6:.0f} MB")
        print(f"ratio {answer['ratio']:.2f}")
    return 0


def peak(scenario: Path, replicates: int) -> tuple[int, int]:
    """Bytes at the peak: of the command's process, and of the largest worker."""
    unit = 1 if sys.platform == "darwin" else 1024
    with tempfile.TemporaryDirectory() as folder:
        given = ["run", str(scenario), "--replicates", str(replicates), "--no-reuse", "--quiet"]
        told = subprocess.run(
            [sys.executable, "-c", RUN, *given, "--out", str(Path(folder) / "run")],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    own, worker = (unit * int(one) for one in told.stdout.split())
    return own, worker


if __name__ == "__main__":
    sys.exit(main())
