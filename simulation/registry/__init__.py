"""Registries of carriers: reading one, making one from published margins, filling what it lacks."""
