"""What the futures of a run say: how likely targets are, and how measures spread over the quarters."""

from simulation.projection.bands import bands
from simulation.projection.measures import MEASURES
from simulation.projection.targets import TargetAnswer, summarise

__all__ = ["MEASURES", "TargetAnswer", "bands", "summarise"]
