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
    chosen = User.objects.filter(email=to).values_list("language", flat=True).first()
    with override((chosen or settings.LANGUAGE_CODE) if chosen is not None else get_language()):
        subject = " ".join(render_to_string(f"mail/{template}/subject.txt", context).split())
        body = render_to_string(f"mail/{template}/body.txt", context)
    transaction.on_commit(lambda: _send(subject, body, to), robust=True)


def _send(subject: str, body: str, to: str) -> None:
    try:
        send_mail(subject, body, None, [to])
    except (SMTPException, OSError) as error:
        log.error("Mail to %s was not sent (%s: %s).", to, type(error).__name__, error)
