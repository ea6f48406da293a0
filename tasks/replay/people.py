"""The recorded workers as people of the organization: invited once, signed in every time."""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from labeling.errors import BadFile
from tasks.replay.client import Api, Refused

NOBODY = "replay.invalid"  # a domain that can never receive mail (RFC 2606)


def read_secret(var: Path) -> bytes:
    """VAR/replay-secret, made at first use: it gives the recorded workers their passwords."""
    path = var / "replay-secret"
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    if not (found := path.read_bytes().strip()):
        raise BadFile(f"{path} is empty: delete it")
    return found


def address(worker: str, crowd: str) -> str:
    """One address for one recorded worker of one crowd; what an address cannot hold becomes a digest."""
    plain = re.sub(r"[^a-z0-9-]+", "-", worker.lower()).strip("-")
    if plain != worker:
        plain = f"{plain[:30]}-{hashlib.sha256(worker.encode()).hexdigest()[:8]}".strip("-")
    return f"{plain}@{re.sub(r'[^a-z0-9-]+', '-', crowd.lower()).strip('-') or 'crowd'}.{NOBODY}"


def join(manager: Api, *, worker: str, crowd: str, secret: bytes) -> Api:
    """A session of that worker, who becomes a labeler first if need be."""
    email = address(worker, crowd)
    password = hmac.new(secret, email.encode(), hashlib.sha256).hexdigest()
    person = Api(manager.url)
    token = None
    try:
        while not token:  # shown once: when its reply was lost, only a new invitation tells one
            token = manager.post("/invitations", {"email": email, "role": "labeler"})["token"]
    except Refused as refusal:
        if refusal.status != 409:  # a member already
            raise
        person.sign_in(email, password)
    else:
        _accept_or_sign_in(person, token, email, f"{crowd} {worker}", password)
    return person


def _accept_or_sign_in(person: Api, token: str, email: str, name: str, password: str) -> None:
    """404: used up by our own first try, whose reply was lost; 409: the address has an account from elsewhere."""
    try:
        person.accept(token, name[:120], password)
    except Refused as refusal:
        if refusal.status not in (404, 409):
            raise
        person.sign_in(email, password)
        if refusal.status == 409:
            person.call("POST", f"/invitations/{token}/accept", json={})
