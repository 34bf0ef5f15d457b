"""``sim.figures``: one call a figure, on axes that are given or on new ones; the same figure gives the same bytes."""

import matplotlib.figure
import pytest

import simulation as sim
from tests.ensemble.fakes import FakeScenario, cells
from tests.projection.conftest import scripted  # noqa: F401 - a fixture


@pytest.fixture
def result(scripted, monkeypatch):  # noqa: F811
    monkeypatch.setattr(FakeScenario, "text", lambda self: '{"city": "nowhere"}')
    return scripted(*(cells(3, north=[5, 6, 7, 9 + k], east=[4, 4, 3, 3]) for k in range(3)))


@pytest.mark.parametrize("call", [sim.figures.fan, sim.figures.bridge])
def test_a_figure_is_drawn_on_the_axes_that_are_given(result, call):
    figure = matplotlib.figure.Figure()
    axes = figure.add_subplot()
    assert call(result, axes=axes, lang="zh") is axes
    assert axes.get_title(loc="left")
    assert call(result, lang="en") is not axes


def test_files_are_written_by_their_ending_and_the_same_each_time(result, tmp_path):
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        sim.figures.save(sim.figures.bridge(result, lang="zh"), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert b"<text" not in (tmp_path / "a.svg").read_bytes()  # letters are outlines
    with pytest.raises(ValueError, match=r"\.png or \.svg"):
        sim.figures.save(sim.figures.bridge(result), tmp_path / "a.gif")


def test_tiles_need_tasks_of_districts(result):
    with pytest.raises(LookupError, match="no district has a task"):
        sim.figures.tiles(result)


def test_the_tiles_of_wuhan_are_its_districts_each_in_a_place_of_its_own():
    import csv
    from importlib.resources import files

    folder = files("simulation.cities.wuhan")
    tiles, districts = (
        list(csv.DictReader(folder.joinpath(name).read_text("utf-8").splitlines()))
        for name in ("tiles.csv", "districts.csv")
    )
    assert {row["code"] for row in tiles} == {row["code"] for row in districts}
    assert len({(row["row"], row["column"]) for row in tiles}) == len(tiles)
