"""Those of an installation, but for a quick hash of passwords: journeys bring dozens of people, each with their own."""

from labeling.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
