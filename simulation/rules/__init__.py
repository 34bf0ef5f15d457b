"""The rulebook: what happens in the world of carriers, a file a process.

Every rule is a plain scalar function. The Mesa agents call it as Python; the compiled loops compile it.
A rule takes the draw, the facts and its own file's parameters, and gives one number or truth value.
"""
