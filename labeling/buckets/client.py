"""A boto3 client that connects to judged addresses only, reads no profile, and knows no proxy.

That of this server's own bucket is the operator's word, and is called wherever it is.
"""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any

import httpcore
from django.conf import settings

from labeling.buckets.place import CODES, BucketError, Place, failure
from labeling.http.addresses import is_allowed, networks
from labeling.http.outgoing import Refused, resolve

CONNECT_SECONDS = 5
READ_SECONDS = 20
CLIENTS = 32
CONNECTIONS = 16
REGION = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)


_making = threading.Lock()


def client_of(place: Place, *, hurry: bool = False) -> Any:
    """One for each storage, key and process; boto3's clients may be used by several threads, but not made by them.

    In a hurry, while a page waits, it gives up soon and tries once.
    """
    with _making:
        return _client(replace(place, bucket=""), hurry)


@lru_cache(maxsize=CLIENTS)
def _client(place: Place, hurry: bool) -> Any:
    from boto3.session import Session
    from botocore.config import Config

    seconds = CONNECT_SECONDS if hurry else READ_SECONDS
    config = Config(
        signature_version="s3v4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=seconds,
        max_pool_connections=CONNECTIONS,
        retries={"mode": "standard", "total_max_attempts": 1 if hurry else 2},
        s3={"addressing_style": place.addressing},
        # many storages beside AWS do not know the newer checksums
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        ignore_configured_endpoint_urls=True,
        user_agent_extra="groundwork",
    )
    key_id, secret = place.access_key_id, place.secret
    if place.is_trusted:
        key_id, secret = key_id or None, secret or None  # type: ignore[assignment]  # None: boto3 looks by itself
    made = Session(aws_access_key_id=key_id, aws_secret_access_key=secret).client(
        "s3", endpoint_url=place.endpoint or None, region_name=place.region or "us-east-1", config=config
    )
    made.meta.events.register("before-send.s3", _sender(seconds, place.is_trusted))
    return made


def _sender(read_seconds: int, is_trusted: bool) -> Any:
    """Sends in botocore's place, so that nothing goes round the guard: not a retry, not a redirect to a region."""
    from botocore.awsrequest import (
        AWSHTTPConnection,
        AWSHTTPConnectionPool,
        AWSHTTPSConnection,
        AWSHTTPSConnectionPool,
    )
    from botocore.exceptions import HTTPClientError
    from botocore.httpsession import URLLib3Session
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    class Guarded:
        host: str
        port: int
        timeout: Any

        def _new_conn(self) -> socket.socket:
            try:
                return connect(self.host, self.port, CONNECT_SECONDS, is_trusted=is_trusted)
            except TimeoutError as error:
                raise ConnectTimeoutError(self, "time is up") from error
            except OSError as error:
                raise NewConnectionError(self, "no connection") from error  # type: ignore[arg-type]

    class Plain(Guarded, AWSHTTPConnection):
        pass

    class Secure(Guarded, AWSHTTPSConnection):
        pass

    class PlainPool(AWSHTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(AWSHTTPSConnectionPool):
        ConnectionCls = Secure

    class Session(URLLib3Session):
        def __init__(self) -> None:
            super().__init__(proxies={}, timeout=(CONNECT_SECONDS, read_seconds), max_pool_connections=CONNECTIONS)
            self._pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
            self._manager.pool_classes_by_scheme = self._pool_classes_by_scheme

    session = Session()

    def send(request: Any, **_: Any) -> Any:
        try:
            return session.send(request)
        except HTTPClientError as error:
            if isinstance(cause := error.kwargs.get("error"), Refused):
                raise cause from None
            raise

    return send


def connect(host: str, port: int, seconds: float, *, is_trusted: bool = False) -> socket.socket:
    """To one of the name's addresses, when all of them may be called."""
    allowed = networks(settings.OUTGOING_ALLOW)
    try:
        addresses = resolve(host.strip("[]"), port, seconds)
    except httpcore.ConnectTimeout:
        raise TimeoutError("the name was not resolved in time") from None
    if not addresses:
        raise OSError("the name is not known")
    if not is_trusted and not all(
        is_allowed(address, allowed, public=settings.OUTGOING_PUBLIC) for address in addresses
    ):
        raise Refused("not public")
    failed: OSError = OSError()
    for address in addresses[:4]:
        try:
            made = socket.create_connection((address, port), seconds)
        except OSError as error:
            failed = error
        else:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return made
    raise failed


@contextmanager
def in_words() -> Iterator[None]:
    """Turns whatever goes wrong into a BucketError: nothing that botocore says is passed on."""
    from botocore import exceptions as theirs

    try:
        yield
    except Refused:
        raise failure("address") from None
    except theirs.ClientError as error:
        raise _failure_of(error) from None
    except theirs.SSLError:
        raise failure("tls") from None
    except (theirs.HTTPClientError, theirs.ConnectionError, TimeoutError, ConnectionError):
        raise failure("unreachable") from None
    except (theirs.NoCredentialsError, theirs.PartialCredentialsError, theirs.CredentialRetrievalError):
        raise failure("credentials") from None
    except (theirs.BotoCoreError, ValueError):
        raise failure("unknown") from None


def _failure_of(error: Any) -> BucketError:
    told, about = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
    code = CODES.get(str(told.get("Code", ""))) or CODES.get(str(about.get("HTTPStatusCode", ""))) or "unknown"
    region = str(told.get("Region") or about.get("HTTPHeaders", {}).get("x-amz-bucket-region", ""))
    if code == "region" and REGION.fullmatch(region):
        return BucketError("region", f"the bucket is in another region: {region}")
    return failure(code)
