from hypothesis import settings

# Two cores are shared: how long an example took says nothing.
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
