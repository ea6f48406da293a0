"""Mail that must not be sent while somebody waits for a reply; and what is cleared away."""

from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from labeling.outbox.subscriptions import subscribe
from workers.links import link
from workers.mail import send_after_commit
from workers.models import User
from workers.services import sessions

ONE_MAIL_PER = 60  # seconds and person


@shared_task(queue="default", ignore_result=True)
def send_password_reset(user_id: int) -> bool:
    """Mail the link. The token is made here, so that no event holds one; asking often sends once a minute."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not cache.add(f"password-reset:{user_id}", 1, ONE_MAIL_PER):
        return False
    token = default_token_generator.make_token(user)
    where = link("password-reset-confirm", urlsafe_base64_encode(force_bytes(user.pk)), token)
    send_after_commit(to=user.email, template="password_reset", name=user.name, link=where)
    return True


@shared_task(queue="default", ignore_result=True)
def forget_old_sessions() -> None:
    """Also those of strangers who asked for a passkey's challenge and left."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    sessions.forget_ended()


subscribe(
    send_password_reset,
    "user.password_reset_asked",
    arguments=lambda event: (event.object_id,) if event.object_id else None,
)
