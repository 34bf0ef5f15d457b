"""Designs and what they tell: on sums and products of factors whose indices are known in closed form."""

import numpy as np
import pytest

from simulation.faults import ScenarioErrors
from simulation.projection import sweep
from simulation.quarters import quarter
from simulation.scenario.design import Design, Factor, read_design
from simulation.scenario.tasks import Target
from simulation.scenario.variants import varied

TARGET = Target("recognised", "label", "count", 5.0, quarter("2025Q4"), True, None, "scenario")
FACTORS = tuple(Factor(f"unknowns.{name}", 0.0, 1.0) for name in ("a", "b", "c"))


def effects(method, points, function, factors=FACTORS):
    design = Design(None, method, points, 1, 4, factors)
    parts = sweep.parts_of(design, 1)
    values = sweep.points_of(design, parts)
    results = np.array([function(*point.values()) for point in values])
    made = np.stack([results, np.zeros(len(results))], axis=1)[:, None, :]
    found = sweep.effects_of(design, parts, values, made, (TARGET,), 1)
    assert len(parts) == sweep.number_of_points(design)
    return [one for one in found if one.result == "expected"]


def test_sobol_indices_match_the_closed_form():
    # y = 4 a + 2 b: variances 16 and 4 of 20. c moves nothing.
    found = effects("sobol", 1024, lambda a, b, c: 4 * a + 2 * b)
    assert [one.value for one in found] == pytest.approx([0.8, 0.2, 0.0], abs=0.03)
    assert [one.beside for one in found] == pytest.approx([0.8, 0.2, 0.0], abs=0.03)


def test_total_indices_hold_the_interaction():
    # y = (a - 1/2)(b - 1/2): nothing alone, everything together.
    found = effects("sobol", 2048, lambda a, b, c: (a - 0.5) * (b - 0.5))
    assert [one.value for one in found] == pytest.approx([0.0, 0.0, 0.0], abs=0.05)
    assert [one.beside for one in found] == pytest.approx([1.0, 1.0, 0.0], abs=0.08)


def test_morris_of_a_linear_model_is_its_slopes():
    found = effects("morris", 8, lambda a, b, c: 4 * a - 2 * b)
    assert [one.value for one in found] == pytest.approx([4.0, 2.0, 0.0])
    assert [one.beside for one in found] == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize("method", ["latin_hypercube", "quasi_random"])
def test_rank_correlations_have_the_sign_of_the_effect(method):
    found = effects(method, 128, lambda a, b, c: 3 * a - b)
    assert found[0].value > 0.9
    assert found[1].value < -0.15
    assert abs(found[2].value) < 0.1


def test_a_factorial_has_every_combination_once():
    factors = (Factor("levers.clean_up.strength", 0.0, 1.0), Factor("levers.events.ramp", 0, 4, (0, 4)))
    design = Design(None, "factorial", 1, 1, 3, factors)
    points = sweep.points_of(design, sweep.parts_of(design, 1))
    assert [tuple(one.values()) for one in points] == [
        (strength, ramp) for strength in (0.0, 0.5, 1.0) for ramp in (0, 4)
    ]


def test_a_latin_hypercube_has_a_point_in_each_slice():
    design = Design(None, "latin_hypercube", 10, 1, 4, FACTORS)
    parts = sweep.parts_of(design, 7)
    assert all(sorted(np.floor(10 * column).astype(int)) == list(range(10)) for column in parts.T)
    assert np.array_equal(parts, sweep.parts_of(design, 7))
    assert not np.array_equal(parts, sweep.parts_of(design, 8))


def test_a_prior_is_met_at_its_quantiles():
    factor = Factor("unknowns.a", 0.0, 10.0, mode=5.0)
    assert factor.at(0.5) == pytest.approx(5.0)
    assert factor.at(0.02) == pytest.approx(1.0)  # P(x < 1) = 1 / 50


# --------------------------------------------------------------------------- files

DESIGN = """\
scenario: base.yaml
method: {method}
points: 3
replicates: 2
levers:
  clean_up: {{strength: [0, 1], from: {{values: [2021Q2, 2021Q3]}}}}
unknowns:
  rounds.apply_municipal: [0.1, 0.3]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "base.yaml").write_text("name: base\nuntil: 2021Q3\n", encoding="utf-8")
    return tmp_path


def design_of(folder, text):
    (folder / "design.yaml").write_text(text, encoding="utf-8")
    return read_design(folder / "design.yaml")


def test_a_design_is_read(folder):
    design = design_of(folder, DESIGN.format(method="latin_hypercube"))
    assert [one.path for one in design.factors] == [
        "levers.clean_up.strength",
        "levers.clean_up.from",
        "unknowns.rounds.apply_municipal",
    ]
    assert [one.is_lever for one in design.factors] == [True, True, False]
    point = sweep.points_of(design, np.array([[0.25, 0.9, 0.5]]))[0]
    made = varied(design.scenario, point)
    assert made.levers["clean_up"].strength == 0.25
    assert made.levers["clean_up"].from_ == quarter("2021Q3")
    assert made.unknowns["rounds.apply_municipal"].value == pytest.approx(0.2)
    assert made.levers["events"] == design.scenario.levers["events"]
    assert made.digest() != design.scenario.digest()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("clean_up", "clean_upp", "did you mean `clean_up`"),
        ("strength: [0, 1]", "strength: [0, 3]", "less than or equal to 2"),
        ("strength: [0, 1]", "strength: [1, 0]", "low below high"),
        ("strength: [0, 1]", "strenght: [0, 1]", "did you mean `strength`"),
        ("2021Q2, 2021Q3", "2021Q5", "a quarter such as 2021Q4"),
        ("rounds.apply_municipal", "rounds.density_counts", "an unknown number; a fixed one is not varied"),
        ("[0.1, 0.3]", "[0.1, 1.3]", "0 to 1"),
        ("base.yaml", "../base.yaml", "in the folder of the design or below it"),
        ("latin", "lattin", "latin_hypercube"),
        ("points: 3", "points: 0", "a whole number from 1 to"),
        ("points:", "pionts:", "did you mean `points`"),
    ],
)
def test_each_fault_is_told_with_its_cure(folder, old, new, said):
    text = DESIGN.format(method="latin_hypercube")
    assert old in text
    with pytest.raises(ScenarioErrors) as refused:
        design_of(folder, text.replace(old, new))
    assert said in str(refused.value)


def test_a_table_of_ones_own(folder):
    (folder / "own.csv").write_text(
        "levers.clean_up.strength,levers.clean_up.from,unknowns.rounds.apply_municipal\n"
        "0.5,2021Q2,0.2\n1,2021Q3,0.1\n",
        encoding="utf-8",
    )
    design = design_of(folder, "scenario: base.yaml\nmethod: table\ntable: own.csv\n")
    assert design.rows[1]["levers.clean_up.from"] == quarter("2021Q3")
    assert sweep.number_of_points(design) == 2
    (folder / "own.csv").write_text("levers.clean_up.strength\n0.5\n7\nhalf\n", encoding="utf-8")
    with pytest.raises(ScenarioErrors) as refused:
        design_of(folder, "scenario: base.yaml\nmethod: table\ntable: own.csv\n")
    assert [one.line for one in refused.value.faults] == [3, 4]
