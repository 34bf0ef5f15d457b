import os

from hypothesis import settings

# What one test has simulated must not answer the next: tests of reuse say so and have a cache of their own.
os.environ["CARRIERSIM_REUSE_BYTES"] = "0"

# Cores are shared: how long an example took says nothing. In CI the examples are the same each time, so that a
# change is judged by what it changed; on a desk they are new ones each time, and what they find is mended.
settings.register_profile("carriersim", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("carriersim")
