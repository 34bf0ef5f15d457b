"""The agents of the Mesa model: what each knows and each decision it takes.

A decision is a short method that hands its draw, its facts and the parameters to one rule; subclass an agent
and override the method to try another behaviour. An agent's attributes are the columns of its table in
``simulation.world``, with agents in place of ids.
"""

from simulation.engines.mesa.agents.carrier import Carrier
from simulation.engines.mesa.agents.city import City
from simulation.engines.mesa.agents.district import District
from simulation.engines.mesa.agents.member import Member
from simulation.engines.mesa.agents.sponsor import Sponsor
from simulation.engines.mesa.agents.startup import Startup

__all__ = ["Carrier", "City", "District", "Member", "Sponsor", "Startup"]
