"""Property tests have no time limit for an example: the machine may be busy."""

from hypothesis import settings

settings.register_profile("core", settings.get_profile("same"), deadline=None)
settings.load_profile("core")
