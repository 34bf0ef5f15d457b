"""``carriersim synthesise``: the synthetic population as a registry."""

from pathlib import Path

import click

from simulation.cli.help import Helped, Option
from simulation.cli.options import seed_option
from simulation.cli.scenarios import load
from simulation.cli.terminal import WIDTH, Refused, Terminal, answering
from simulation.quarters import quarter_name
from simulation.reporting.width import visible, wrap


class _Synthesise(Helped):
    example = "carriersim synthesise --out registry.csv"


@click.command("synthesise", cls=_Synthesise)
@click.argument("scenario", type=click.Path(), default="scenarios/wuhan-2025.yaml")
@click.option(
    "--out",
    "registry_out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    required=True,
    cls=Option,
)
@seed_option
@click.option("--draw", type=click.IntRange(0), metavar="D", default=0, show_default=True, cls=Option)
@click.option("--overwrite", "replace_file", is_flag=True, cls=Option)
@answering
def command(
    terminal: Terminal, scenario: str, registry_out: Path, seed: int, draw: int, replace_file: bool
) -> None:
    """Write the population that a draw starts from."""
    resolved = load(terminal, scenario, (), None)
    from simulation.api import names_of
    from simulation.registry.writing import write_registry
    from simulation.scenario import study

    words, prepared = terminal.words, study(resolved)
    world = prepared.world(seed, draw, 0)
    labels = {one: label for one, (label, _) in names_of(prepared, world).carriers.items()}
    desks = prepared.baseline_numbers["desks_per_place"]
    shown = visible(str(registry_out))
    try:
        with registry_out.open("w" if replace_file else "x", encoding="utf-8-sig", newline="") as file:
            count = write_registry(file, world, prepared.city, labels, desks)
    except FileExistsError:
        raise Refused(words("synthesise.exists", out=shown)) from None
    except OSError as error:
        raise Refused(
            words("error.write", path=shown, reason=error.strerror or type(error).__name__)
        ) from None
    start = quarter_name(world.quarter)
    record = {"out": str(registry_out), "carriers": count, "start": start, "seed": seed, "draw": draw}
    told = words("synthesise.written", out=shown, n=words.whole(count), start=start, draw=draw, seed=seed)
    terminal.answer(lambda: record, lambda: wrap(told, WIDTH, "  "))
