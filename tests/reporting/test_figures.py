import csv
from importlib.resources import files

import numpy as np
import pytest
from fontTools.ttLib import TTFont

from simulation.quarters import quarter
from simulation.reporting import figures
from simulation.reporting.text import Words, catalogue


def fan(title="市级及以上载体（硚口区）"):
    quarters = list(range(quarter("2020Q4"), quarter("2021Q4") + 1))
    median = np.array([456, 458, 463, 470, 481])
    ranges = {share: (median - 40 * share, median + 60 * share) for share in (0.5, 0.8, 0.95)}
    return figures.Fan(title, "家", quarters, median, ranges, 490, "目标490", quarters[-1], "基数456", "n=5")


def glyphs():
    return set(TTFont(figures.font_path()).getBestCmap())


def test_the_font_holds_every_name_of_a_district_and_every_word_of_ours():
    names = files("simulation.cities.wuhan").joinpath("districts.csv").read_text(encoding="utf-8")
    shown = "".join(row["name_zh"] + row["name_en"] for row in csv.DictReader(names.splitlines()))
    shown += "硚㎡" + "".join(text for key, text in catalogue("zh").items() if key.startswith("figure."))
    held = glyphs()
    missing = {character for character in shown if ord(character) not in held}
    assert not missing


def test_the_same_numbers_give_the_same_bytes(tmp_path):
    for name in ("one.png", "two.png"):
        figures.save(figures.draw(fan(), Words("zh")), tmp_path / name)
    one = (tmp_path / "one.png").read_bytes()
    assert one == (tmp_path / "two.png").read_bytes()
    assert one.startswith(b"\x89PNG")
    assert b"Matplotlib" not in one  # a version in the file would change its bytes


def test_other_numbers_give_other_bytes(tmp_path):
    figures.save(figures.draw(fan(), Words("zh")), tmp_path / "one.png")
    figures.save(figures.draw(fan()._replace(target=495), Words("zh")), tmp_path / "two.png")
    assert (tmp_path / "one.png").read_bytes() != (tmp_path / "two.png").read_bytes()


def test_it_draws_on_axes_that_it_is_given():
    from matplotlib.figure import Figure

    axes = Figure().add_subplot()
    assert figures.draw(fan(), Words("en"), axes) is axes


def test_it_shows_bands_median_target_and_baseline():
    axes = figures.draw(fan(), Words("en"))
    handles, labels = axes.get_legend_handles_labels()
    assert labels == ["95 % range", "80 % range", "50 % range", "median"]
    assert len({tuple(np.ravel(handle.get_facecolor())) for handle in handles[:3]}) == 3
    texts = [text.get_text() for text in axes.texts]
    assert {"目标490", "基数456"} <= set(texts)
    assert any(list(line.get_ydata()) == [490, 490] for line in axes.get_lines())


# A target far above or below what is drawn stays inside, with what is written at it.
@pytest.mark.parametrize("target", [100, 455, 470, 481, 490, 5000])
def test_the_target_is_inside_wherever_it_lies(target, tmp_path):
    axes = figures.draw(fan()._replace(target=target), Words("en"))
    low, high = axes.get_ylim()
    assert low < target < high
    figures.save(axes, tmp_path / "fan.png")  # a warning of collapsed axes would fail here


def test_the_widest_band_is_drawn_first():
    axes = figures.draw(fan(), Words("en"))
    heights = [band.get_paths()[0].get_extents().height for band in axes.collections]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize("title", ["{{7*7}} ${7*7} $x^2$ 孵化器", "a\x07b", "[red]x"])
def test_a_hostile_name_is_shown_as_text(title, tmp_path):
    axes = figures.draw(fan(title), Words("zh"))
    assert axes.get_title(loc="left") == title.replace("\x07", "\\x07")
    figures.save(axes, tmp_path / "shown.png")


def test_every_text_is_set_in_the_shipped_font():
    from matplotlib.text import Text

    axes = figures.draw(fan(), Words("zh"))
    axes.get_figure().draw_without_rendering()
    shown = [text for text in axes.findobj(Text) if text.get_text() and text.get_visible()]
    assert {text.get_fontproperties().get_file() for text in shown} == {str(figures.font_path())}
