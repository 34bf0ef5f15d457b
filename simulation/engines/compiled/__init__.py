"""The compiled engine: loops over the world's arrays that call the same rules as the Mesa agents."""

from simulation.engines.compiled.engine import simulate

__all__ = ["simulate"]
