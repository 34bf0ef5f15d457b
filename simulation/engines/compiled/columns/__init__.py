"""Where each column of the world's tables lies in the engine's matrices: one row an agent.

The whole numbers of a table are the columns of one matrix, in the world's order, with links (rows in place of
ids) and counts behind them; the measures of carriers are a matrix of their own. Few arrays keep kernels small.
A test compares these names with the tables of ``simulation.world``.
"""
