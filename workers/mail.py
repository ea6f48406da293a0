"""Mail to people. Sent after the commit; a mail server that is down loses the mail, not the request."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import get_language, override

from workers.models import User

log = logging.getLogger(__name__)
NOBODY = ".invalid"  # a domain that never has mail (RFC 2606): simulated people


def is_sent() -> bool:
    """False where the server knows no mail server, and writes mail to its log instead."""
    return not settings.EMAIL_BACKEND.endswith("console.EmailBackend")


def send_after_commit(*, to: str, template: str, **context: object) -> None:
    """`template` is a folder of templates/mail/ with subject.txt and body.txt. Its words are in the reader's language.

    The reader's is what they chose; of a stranger it is the sender's, and a job has only the server's.
    """
    if to.endswith(NOBODY):
        return
    reader = User.objects.filter(email=to).only("language").first()
    with override((reader.language or settings.LANGUAGE_CODE) if reader else get_language()):
        subject = " ".join(render_to_string(f"mail/{template}/subject.txt", context).split())
        body = render_to_string(f"mail/{template}/body.txt", context)
    whom = f"user {reader.pk}" if reader else f"somebody at {to.rpartition('@')[2]}"
    transaction.on_commit(lambda: _send(subject, body, to, f"{template} to {whom}"), robust=True)


def _send(subject: str, body: str, to: str, about: str) -> None:
    """The log says whose mail it was without their address, which mail servers like to repeat in their answers."""
    try:
        send_mail(subject, body, None, [to])
    except SMTPException as error:
        log.error("Mail was not sent: %s (%s %s).", about, type(error).__name__, getattr(error, "smtp_code", ""))
    except OSError as error:
        log.error("Mail was not sent: %s (%s: %s).", about, type(error).__name__, error)
