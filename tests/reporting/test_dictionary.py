from simulation.ensemble.frames import COLUMNS
from simulation.reporting import dictionary


def test_every_table_and_column_has_a_meaning_and_no_other_has():
    assert set(dictionary.TABLES) == set(COLUMNS)
    assert set(dictionary.COLUMNS) == {column for columns in COLUMNS.values() for column in columns}
