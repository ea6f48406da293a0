"""Mail that cannot be sent: the request goes on, and the log tells whose it was without their address."""

from smtplib import SMTPRecipientsRefused

import pytest

from workers.mail import send_after_commit


@pytest.mark.parametrize("error", [SMTPRecipientsRefused({"a@b.example": (550, b"no a@b.example")}), OSError("down")])
def test_the_log_names_the_reader_or_the_server_but_no_address(
    org, ann, error, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def refuse(*args):
        raise error

    monkeypatch.setattr("workers.mail.send_mail", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        send_after_commit(to=ann.email, template="account_closed", organization=org)
        send_after_commit(to="a@b.example", template="account_closed", organization=org)
    assert [f"account_closed to user {ann.pk}" in caplog.text, "to somebody at b.example" in caplog.text] == [True] * 2
    assert ann.email not in caplog.text and "a@b.example" not in caplog.text
