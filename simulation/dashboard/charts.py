"""Charts of the page as Altair charts, which the browser draws without asking anybody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from simulation.dashboard.held import Held
from simulation.projection import bands
from simulation.reporting.phrases import SHARE
from simulation.reporting.text import Words

# Okabe and Ito's colours, as in the figures of a run.
FUTURE, REFERENCE, TARGET = "#0072B2", "#E69F00", "#D55E00"
_BANDS = (("q025", "q975", 0.15), ("q10", "q90", 0.2), ("q25", "q75", 0.3))
_HEIGHT = 260

Chart = alt.LayerChart | alt.FacetChart


def fan(
    held: Held,
    words: Words,
    measure: str,
    scope: str,
    basis: str,
    district: str | None,
    at_least: float | None,
) -> Chart:
    """A measure over the quarters: median, 50, 80 and 95 % of futures, and the target."""
    scale = 100.0 if measure == SHARE else 1.0
    paths = (bands(held, measure, scope, basis, district) * scale).reset_index()
    x = alt.X("quarter:O", title=None, axis=alt.Axis(labelAngle=-60, labelOverlap=True))
    unit = words("figure.axis.share" if measure == SHARE else "figure.axis.count")
    base = alt.Chart(paths).encode(x=x)
    scaled = alt.Scale(zero=False)
    layers: list[Any] = [
        base.mark_area(color=FUTURE, opacity=shade).encode(
            y=alt.Y(f"{low}:Q", title=unit, scale=scaled), y2=f"{high}:Q"
        )
        for low, high, shade in _BANDS
    ]
    tips = [
        alt.Tooltip("quarter:O", title=words("dashboard.quarter")),
        *(alt.Tooltip(f"{name}:Q", title=title, format=".1f") for name, title in _titles(words).items()),
    ]
    layers.append(base.mark_line(color=FUTURE, point=True).encode(y="median:Q", tooltip=tips))
    if at_least is not None:
        line = alt.Chart(pd.DataFrame({"at": [at_least * scale]}))
        layers.append(line.mark_rule(color=TARGET, strokeDash=[6, 4], size=2).encode(y="at:Q"))
    return alt.layer(*layers).properties(height=_HEIGHT)


def _titles(words: Words) -> dict[str, str]:
    return {
        "median": words("figure.median"),
        "q10": words("dashboard.low80"),
        "q90": words("dashboard.high80"),
    }


def tiles(rows: pd.DataFrame, words: Words, columns: int) -> Chart:
    """Districts as tiles in official order, coloured by the chance of their task; a tile can be chosen.

    ``rows``: code, name, chance, label. The tiles are no geography: a city's tables have no map.
    """
    placed = rows.assign(column=np.arange(len(rows)) % columns, row=np.arange(len(rows)) // columns)
    picked = alt.selection_point(name="district", fields=["code"], toggle=False)
    base = alt.Chart(placed).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(padding=0.03)),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(padding=0.03)),
        tooltip=[
            alt.Tooltip("name:N", title=words("run.table.district")),
            alt.Tooltip("label:N", title=words("run.table.chance_only")),
        ],
    )
    colour = alt.Color(
        "chance:Q",
        title=words("run.table.chance_only"),
        scale=alt.Scale(domain=[0, 1], scheme="viridis"),
        legend=alt.Legend(orient="bottom", gradientLength=240),
    )
    marked = alt.condition(picked, alt.value(1.0), alt.value(0.55))
    ink = alt.condition("datum.chance > 0.6", alt.value("black"), alt.value("white"))
    return alt.layer(
        base.mark_rect(cornerRadius=4, cursor="pointer")
        .encode(color=colour, opacity=marked)
        .add_params(picked),
        base.mark_text(dy=-7, fontSize=12, fontWeight="bold").encode(text="short:N", color=ink),
        base.mark_text(dy=9, fontSize=12).encode(text="label:N", color=ink),
    ).properties(height=62 * (int(placed["row"].max()) + 1) + 50)


def bridge(names: Sequence[str], values: Sequence[float], words: Words) -> Chart:
    """A bridge: the opening stock, each cause as a step, the closing stock."""
    ends = np.cumsum(values[:-1])
    starts = np.concatenate([[0.0], ends[:-1]])
    rows = pd.DataFrame(
        {
            "cause": list(names),
            "order": range(len(names)),
            "from": [*starts, 0.0],
            "to": [*ends, values[-1]],
            "count": list(values),
            "label": [f"{values[0]:.1f}", *(f"{one:+.1f}" for one in values[1:-1]), f"{values[-1]:.1f}"],
            "end": [max(one, other) for one, other in zip((*starts, 0.0), (*ends, values[-1]), strict=True)],
            "kind": ["stock", *("more" if one >= 0 else "less" for one in values[1:-1]), "stock"],
        }
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("cause:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=260, labelOverlap=False)),
        tooltip=["cause:N", alt.Tooltip("count:Q", format="+.1f", title=words("figure.axis.count"))],
    )
    colours = alt.Scale(domain=["stock", "more", "less"], range=["#555555", FUTURE, TARGET])
    return alt.layer(
        base.mark_bar().encode(
            x=alt.X("from:Q", title=words("figure.axis.count")),
            x2="to:Q",
            color=alt.Color("kind:N", scale=colours, legend=None),
        ),
        base.mark_text(align="left", dx=4).encode(x=alt.X("end:Q"), text="label:N"),
    ).properties(height=24 * len(names) + 70)  # the axis below is part of the height
