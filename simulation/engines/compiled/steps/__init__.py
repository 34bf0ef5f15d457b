"""The eleven steps of a quarter, a file each, over arrays. The Mesa model has the same names."""
