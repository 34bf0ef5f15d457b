"""Whom a Mesa model lists as its agents: the one place that knows how Mesa keeps them, which Mesa 4 changes."""

from __future__ import annotations

from typing import Any

from mesa import Agent, Model
from mesa.agent import AgentSet


class RosterModel(Model):
    """A model that lists its agents in a plain dict and makes Mesa's sets of them when asked.

    Mesa 3 enters every agent in two sets of weak references when it is made, and takes it out of both when it
    is removed. For tens of thousands of startups that come and go this took a tenth of a replicate.
    """

    def __init__(self) -> None:
        self._roster: dict[Agent, None] = {}
        self._registered = 0
        super().__init__(rng=0)

    def register_agent(self, agent: Agent) -> None:
        """List an agent; ``Agent.__init__`` calls this."""
        self._registered += 1
        agent.unique_id = self._registered
        self._roster[agent] = None

    def deregister_agent(self, agent: Agent) -> None:
        """Strike an agent off the list, if it is on it; ``Agent.remove`` calls this."""
        self._roster.pop(agent, None)

    def let_go(self) -> None:
        """Let the model be freed once nobody uses it.

        Until version 3.5, Mesa holds on to every model there ever was, for the sake of the number of its next
        agent: replicates in one process would fill its memory.
        """
        getattr(Agent, "_ids", {}).pop(self, None)

    @property
    def agents(self) -> AgentSet:
        """All agents of the model, as they are now."""
        return AgentSet(self._roster, random=self.random)

    @property
    def agents_by_type(self) -> dict[type[Agent], AgentSet]:
        """The agents of each class, as they are now."""
        by_type: dict[type[Agent], list[Agent]] = {}
        for agent in self._roster:
            by_type.setdefault(type(agent), []).append(agent)
        return {kind: AgentSet(agents, random=self.random) for kind, agents in by_type.items()}

    @property
    def agent_types(self) -> list[type[Any]]:
        """The classes of the agents there are now."""
        return list(self.agents_by_type)

    def remove_all_agents(self) -> None:
        """Remove every agent."""
        for agent in list(self._roster):
            agent.remove()
