"""The data dictionary, docs/tables.md, from the code that writes the tables."""

from simulation.ensemble.frames import COLUMNS
from simulation.reporting import dictionary, exchange

_HEAD = """# Data dictionary

Made by `make docs` from the code. `sim.open(DIR).stocks` and its kin give these tables as pandas;
`DIR/<table>/*.parquet` hold them wide, `count` and `operating` in the place of `scope`. Sum over districts for the
city: there are no total rows.
"""

_HUB = """
## Hubverse rows

`sim.hub_rows(result)`, `carriersim report DIR --hub DIR`. Targets: {targets}.

| column | meaning |
|---|---|
| `origin_date` | the last day of the opening quarter |
| `target` | what is forecast, see above |
| `horizon` | quarters ahead |
| `location` | code of a district, or `{city}` |
| `target_end_date` | the last day of the quarter that is forecast |
| `output_type` | `quantile` or `sample` |
| `output_type_id` | the level ({levels}), or the number of the future |
| `value` | carriers, or a share from 0 to 1 |
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for table, columns in COLUMNS.items():
        parts.append(
            f"\n## `{table}`\n\n{dictionary.TABLES[table]}\n\n| column | unit | meaning |\n|---|---|---|\n"
        )
        for column in columns:
            known = dictionary.COLUMNS[column]
            parts.append(f"| `{column}` | {known.unit} | {known.text} |\n")
    targets = ", ".join(f"`{name}`" for name, *_ in exchange.targets_of())
    levels = ", ".join(f"{level:g}" for level in exchange.LEVELS)
    parts.append(_HUB.format(targets=targets, city=exchange.CITY, levels=levels))
    return "".join(parts)
