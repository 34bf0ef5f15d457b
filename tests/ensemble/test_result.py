"""The frames of a result: the promised columns, scopes, balances; totals that agree with them."""

import io

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from simulation.engines import books
from simulation.ensemble import open as open_result
from simulation.ensemble import run
from simulation.ensemble.frames import Frames
from simulation.ensemble.labels import Address, labels_of
from simulation.ensemble.store import Store
from simulation.ensemble.tables import Rows, read
from simulation.rules import codes
from tests.ensemble.fakes import DISTRICTS, RANDOM, FakeStudy, outcome_of

CELL = ["replicate", "draw", "seed", "quarter", "district", "scope", "type", "mode", "mode_in_fact", "level"]
WHERE = ["district", "scope", "type", "mode", "mode_in_fact", "level"]


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "random"
    run(FakeStudy(), 12, 7, folder, 1, engine=RANDOM, seeds_per_draw=2)
    return open_result(folder)


@pytest.fixture(scope="module")
def in_cells(result):
    """Stocks by replicate and cell, a column a quarter."""
    return result.stocks.pivot_table(
        index=["replicate", *WHERE], columns="quarter", values="count", fill_value=0, observed=True
    )


def frame_of(name, outcome, quarters):
    """The frame of one outcome made by hand."""
    labels = labels_of(FakeStudy(quarters=quarters))
    rows = Rows(labels)
    rows.add_outcome(Address(5, 2, 1), outcome)
    return Frames(labels).frame(name, read(io.BytesIO(rows.parquet()[name]), name))


def by_hand():
    """One quarter in one district, south: a registration, a promotion, a stop and its delisting elsewhere."""
    stocks = books.blank_stocks(1, len(DISTRICTS))
    flows = books.blank_flows(1, len(DISTRICTS))
    space, national, district = codes.MAKERSPACE, 3, 0
    # Two operating and one stopped national makerspace, specialised by label alone; one of the operating stops.
    stocks[0, 2, space, 1, 0, national] = [1, 2]
    flows[0, 2, space, 1, 0, national, :, codes.STOP] = [1, -1]
    # Five comprehensive incubators of the district, one becomes municipal, one is registered.
    stocks[0, 2, codes.INCUBATOR, 0, 0, district] = [0, 5]
    flows[0, 2, codes.INCUBATOR, 0, 0, district, 1, codes.RECOGNITION] = -1
    flows[0, 2, codes.INCUBATOR, 0, 0, district + 1, 1, codes.RECOGNITION] = 1
    flows[0, 2, codes.INCUBATOR, 0, 0, district, 1, codes.REGISTRATION + codes.BANK] = 1
    stocks[1] = stocks[0] + flows[0].sum(axis=-1)
    return outcome_of(stocks, np.random.default_rng(0))._replace(flows=flows)


def told(frame, columns):
    return [tuple(row) for row in frame[columns].itertuples(index=False)]


def test_a_carrier_stands_in_one_row_of_each_scope_it_belongs_to():
    frame = frame_of("stocks", by_hand(), 1)
    assert list(frame.columns) == [*CELL, "count"]
    assert set(told(frame, ["replicate", "draw", "seed", "district"])) == {(5, 2, 1, "south")}
    assert set(told(frame, ["quarter", "scope", "type", "mode", "mode_in_fact", "level", "count"])) == {
        ("2020Q4", "listed", "makerspace", "specialised", "comprehensive", "national", 3),
        ("2020Q4", "recognised", "makerspace", "specialised", "comprehensive", "national", 3),
        ("2020Q4", "national", "makerspace", "specialised", "comprehensive", "national", 3),
        ("2020Q4", "operating", "makerspace", "specialised", "comprehensive", "national", 2),
        ("2020Q4", "listed", "incubator", "comprehensive", "comprehensive", "district", 5),
        ("2020Q4", "operating", "incubator", "comprehensive", "comprehensive", "district", 5),
        ("2021Q1", "listed", "makerspace", "specialised", "comprehensive", "national", 3),
        ("2021Q1", "recognised", "makerspace", "specialised", "comprehensive", "national", 3),
        ("2021Q1", "national", "makerspace", "specialised", "comprehensive", "national", 3),
        ("2021Q1", "operating", "makerspace", "specialised", "comprehensive", "national", 1),
        ("2021Q1", "listed", "incubator", "comprehensive", "comprehensive", "district", 5),
        ("2021Q1", "operating", "incubator", "comprehensive", "comprehensive", "district", 5),
        ("2021Q1", "listed", "incubator", "comprehensive", "comprehensive", "municipal", 1),
        ("2021Q1", "recognised", "incubator", "comprehensive", "comprehensive", "municipal", 1),
        ("2021Q1", "operating", "incubator", "comprehensive", "comprehensive", "municipal", 1),
    }
    assert len(frame) == 15


def test_a_change_that_a_scope_does_not_see_has_no_row_there():
    frame = frame_of("flows", by_hand(), 1)
    assert list(frame.columns) == [*CELL, "cause", "count"]
    assert set(frame["quarter"]) == {"2021Q1"}
    assert set(told(frame, ["scope", "type", "level", "cause", "count"])) == {
        ("operating", "makerspace", "national", "stop", -1),  # still on the list
        ("listed", "incubator", "district", "recognition", -1),
        ("operating", "incubator", "district", "recognition", -1),
        ("listed", "incubator", "municipal", "recognition", 1),
        ("recognised", "incubator", "municipal", "recognition", 1),
        ("operating", "incubator", "municipal", "recognition", 1),
        ("listed", "incubator", "district", "registration_bank", 1),
        ("operating", "incubator", "district", "registration_bank", 1),
    }
    assert len(frame) == 8


def test_every_cell_stands_once_and_is_not_empty(result):
    for frame, keys in ((result.stocks, CELL), (result.flows, [*CELL, "cause"])):
        assert len(frame) > 5000
        assert not frame.duplicated(keys).any()
        assert (frame["count"] != 0).all()
    assert (result.stocks["count"] > 0).all()


def test_opening_plus_flows_is_closing_in_every_scope_and_cell(result, in_cells):
    flows = result.flows.pivot_table(
        index=["replicate", *WHERE],
        columns="quarter",
        values="count",
        aggfunc="sum",
        fill_value=0,
        observed=True,
    )
    stocks, flows = in_cells.align(flows, fill_value=0)
    assert list(stocks.columns) == list(result.quarters)
    assert (flows["2020Q4"] == 0).all()
    changes = stocks.to_numpy()[:, 1:] - stocks.to_numpy()[:, :-1]
    assert np.array_equal(changes, flows.to_numpy()[:, 1:])
    assert np.abs(changes).sum() > 1000


def test_scopes_nest(in_cells):
    def scope(name):
        return in_cells.xs(name, level="scope")

    for inner, outer in (("national", "recognised"), ("recognised", "listed"), ("operating", "listed")):
        within, around = scope(inner).align(scope(outer), fill_value=0)
        assert (within <= around).to_numpy().all()
        assert (within < around).to_numpy().any()


def test_totals_are_the_sums_of_the_stocks(result):
    for scope in codes.SCOPES:
        for which, column in ((None, None), ("label", "mode"), ("fact", "mode_in_fact")):
            rows = result.stocks[result.stocks["scope"] == scope]
            if column is not None:
                rows = rows[rows[column] == "specialised"]
            expected = rows.pivot_table(
                index="replicate", columns="quarter", values="count", aggfunc="sum", observed=False
            )
            assert np.array_equal(result.totals(scope, which), expected.to_numpy())
            of_districts = [result.totals(scope, which, district) for district in result.districts]
            assert np.array_equal(sum(of_districts), expected.to_numpy())
            south = rows[rows["district"] == "south"].groupby("replicate", observed=True)["count"].sum()
            assert np.array_equal(result.totals(scope, which, "south").sum(axis=1), south)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("all",), "scope"), (("listed", "labels"), "basis"), (("listed", None, "west"), "district")],
)
def test_totals_of_something_unknown_are_refused(result, arguments, said):
    with pytest.raises(ValueError, match=f"no {said}"):
        result.totals(*arguments)


def test_frames_have_the_promised_columns(result):
    assert list(result.stocks.columns) == [*CELL, "count"]
    assert list(result.flows.columns) == [*CELL, "cause", "count"]
    assert list(result.startups.columns) == [
        *("replicate", "quarter", "district", "sector"),
        *("tenants", "formed", "admitted", "failed", "graduated", "left"),
    ]
    assert list(result.money.columns) == [
        *("replicate", "quarter", "payment_year", "district", "payer", "purpose", "CNY")
    ]
    assert list(result.capacity.columns) == [
        *("replicate", "quarter", "type", "level", "carriers", "places", "tenants", "area")
    ]
    assert list(result.unknowns.columns) == ["draw", "name", "value"]


def test_addresses_are_draw_and_seed(result):
    assert result.stocks.drop_duplicates(["replicate", "draw", "seed"])[
        ["replicate", "draw", "seed"]
    ].to_numpy().tolist() == [[r, r // 2, r % 2] for r in range(12)]


def test_the_quarters_compare_in_their_order(result):
    late = result.stocks[result.stocks["quarter"] >= "2021Q3"]
    assert set(late["quarter"]) == {"2021Q3", "2021Q4"}
    assert set(result.stocks.loc[result.stocks["level"] > "municipal", "level"]) == {"provincial", "national"}


def test_money_goes_by_payer_and_payment_year(result):
    money = result.money
    assert money["CNY"].sum() > 2**40  # beyond 32 bits
    late = money["purpose"] == "excellence_subsidy"
    assert set(money.loc[late, "payment_year"]) == {2022}
    assert set(money.loc[~late, "payment_year"]) == {2021}
    assert set(money.loc[money["purpose"] == "events", "payer"]) == {"district"}
    assert set(money.loc[money["purpose"] != "events", "payer"]) == {"city"}


def test_startups_balance_with_those_that_moved_as_stored(result):
    stored = pd.concat(
        pq.read_table(path).to_pandas() for path in sorted((result.folder / "startups").iterdir())
    )
    one = stored[(stored["replicate"] == 3) & (stored["district"] == "east") & (stored["sector"] == "health")]
    gone = one["failed"] + one["graduated"] + one["left"]
    change = (one["admitted"] - gone + one["moved"]).to_numpy()
    assert np.array_equal(np.diff(one["tenants"]), change[1:])
    assert (one["moved"].to_numpy()[1:] == -1).all()


def test_capacity_and_ledger_are_kept(result):
    assert told(
        result.capacity.head(1), ["quarter", "type", "level", "carriers", "places", "tenants", "area"]
    ) == [("2020Q4", "incubator", "national", 7, 300, 210, 65_000)]
    assert result.ledger.to_dict("records") == [
        {"name": "stopping", "value": "0.25", "source": "a book, page 3"},
        {"name": "开办", "value": "2.0", "source": "assumed"},
    ]


def test_unknowns_are_there_once_a_draw(result):
    assert told(result.unknowns, ["draw", "name", "value"])[:4] == [
        (0, "founding", 0.0),
        (0, "stopping", 7.0),
        (1, "founding", -0.25),
        (1, "stopping", 7.125),
    ]
    assert len(result.unknowns) == 12


def test_parts_are_the_frame_piece_by_piece(result):
    parts = list(result.parts("flows"))
    assert [sorted(part["replicate"].unique()) for part in parts] == [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8, 9],
        [10, 11],
    ]
    assert pd.concat(parts, ignore_index=True).equals(result.flows)
    with pytest.raises(ValueError, match="no table 'flow'"):
        next(result.parts("flow"))


def test_the_files_read_without_this_program(result):
    table = pq.read_table(result.folder / "stocks" / "0000005-0000009.parquet").to_pandas()
    assert set(table["quarter"]) == set(result.quarters)
    listed = result.stocks[(result.stocks["scope"] == "listed") & result.stocks["replicate"].between(5, 9)]
    assert table["count"].sum() == listed["count"].sum()


def test_a_result_in_which_nothing_worked_is_empty_but_whole(tmp_path):
    study = FakeStudy(faults={0: "raises", 1: "setting"})
    result = run(study, 2, 1, tmp_path / "a", 1, engine=RANDOM)
    assert (result.n_used, len(result.failures)) == (0, 2)
    for name in ("stocks", "flows", "startups", "money", "capacity"):
        frame = getattr(result, name)
        assert len(frame) == 0
        assert frame["quarter"].cat.categories.tolist() == list(result.quarters)
    assert result.totals("listed").shape == (0, 5)


def test_a_folder_without_blocks_is_empty_but_whole(result, tmp_path):
    result.manifest.write(Store(tmp_path).manifest)
    empty = open_result(tmp_path)
    assert empty.stocks.dtypes.to_dict() == result.stocks.dtypes.to_dict()
    assert empty.unknowns.dtypes.to_dict() == result.unknowns.dtypes.to_dict()
    assert empty.totals("listed").shape == (0, 5)
    assert empty.n_used == 0
