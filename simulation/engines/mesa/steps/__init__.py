"""The eleven steps of a quarter, a file each, in the Mesa model. The compiled engine has the same names."""
