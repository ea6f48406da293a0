from django.contrib.auth.backends import ModelBackend


class MemberBackend(ModelBackend):
    """Django's own: one email, any case; a deactivated person is out at the next request."""
