"""The Mesa engine: agents that call the rulebook one by one. The reference for the compiled engine."""

from simulation.engines.mesa.agents import Carrier, City, District, Sponsor, Startup
from simulation.engines.mesa.model import CarrierModel, simulate

__all__ = ["Carrier", "CarrierModel", "City", "District", "Sponsor", "Startup", "simulate"]
