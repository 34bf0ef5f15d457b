"""Cities as data: a folder of tables each."""
