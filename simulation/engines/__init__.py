"""Two engines over one rulebook: Mesa agents to read and subclass, compiled loops for ensembles."""
