"""``python -m simulation`` is the command ``carriersim``."""

from simulation.cli.main import main

main()
