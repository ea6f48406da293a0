"""Where a bucket is, and what can be wrong with it in plain words."""

from dataclasses import dataclass, field

from labeling.errors import GroundworkError


class BucketError(GroundworkError):
    """A bucket did not do what it was asked. The text is for people: it holds no key, no secret, no reply."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)

    @property
    def may_pass(self) -> bool:
        """Whether the same call may work a little later."""
        return self.code in ("unreachable", "busy", "clock")

    @property
    def is_of_all(self) -> bool:
        """Whether no call works, and not only one for this object."""
        return self.may_pass or self.code in ("credentials", "expired", "bucket", "region", "tls", "address")


class OwnStorageError(BucketError):
    """The bucket of this server's own files does not work: the operator's to mend, and nobody's work is lost by it."""

    def __init__(self, error: BucketError) -> None:
        why = f"the storage of this server does not work: {error}"
        super().__init__(error.code, why)

    @property
    def may_pass(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Place:
    """Everything a client is made of; it is also the key under which clients are kept."""

    endpoint: str  # "" for AWS
    region: str
    bucket: str
    addressing: str  # auto, path or virtual
    access_key_id: str = field(repr=False)  # "" where boto3 finds credentials by itself: for a trusted one only
    secret: str = field(repr=False)
    is_trusted: bool = False  # named by the operator: called whatever its address is


KINDS = (
    BucketError("credentials", "the access key or its secret is wrong"),
    BucketError("expired", "the access key has expired"),
    BucketError("denied", "the access key may not do this with the bucket"),
    BucketError("bucket", "there is no such bucket"),
    BucketError("region", "the bucket is in another region"),
    BucketError("clock", "the clocks differ: set this server's clock, or that of the storage"),
    BucketError("unreachable", "the endpoint cannot be reached"),
    BucketError("tls", "the endpoint's certificate is not valid"),
    BucketError(
        "address", "the host has no public address; OUTGOING_ALLOW lists networks that may be called all the same"
    ),
    BucketError("missing", "there is no such object in the bucket"),
    BucketError("changed", "the object in the bucket is another one by now"),
    BucketError("archived", "the object is archived; restore it in the storage first"),
    BucketError("busy", "the storage is busy"),
    BucketError("unknown", "the storage gave a reply that is not understood"),
)
WORDS = {each.code: str(each) for each in KINDS}
CODES = {  # of the S3 API
    "InvalidAccessKeyId": "credentials",
    "InvalidClientTokenId": "credentials",
    "SignatureDoesNotMatch": "credentials",
    "InvalidToken": "credentials",
    "ExpiredToken": "expired",
    "ExpiredTokenException": "expired",
    "TokenRefreshRequired": "expired",
    "AuthorizationHeaderMalformed": "region",
    "PermanentRedirect": "region",
    "IllegalLocationConstraintException": "region",
    "301": "region",
    "AccessDenied": "denied",
    "AllAccessDisabled": "denied",
    "AccountProblem": "denied",
    "InvalidObjectState": "archived",
    "403": "denied",
    "NoSuchBucket": "bucket",
    "InvalidBucketName": "bucket",
    "RequestTimeTooSkewed": "clock",
    "RequestExpired": "clock",
    "NoSuchKey": "missing",
    "NoSuchUpload": "missing",
    "404": "missing",
    "PreconditionFailed": "changed",
    "412": "changed",
    "InvalidRange": "changed",
    "416": "changed",
    "SlowDown": "busy",
    "ServiceUnavailable": "busy",
    "InternalError": "busy",
    "RequestTimeout": "busy",
    "Throttling": "busy",
    "TooManyRequests": "busy",
    "429": "busy",
    "500": "busy",
    "502": "busy",
    "503": "busy",
    "504": "busy",
}


def failure(code: str) -> BucketError:
    return BucketError(code, WORDS[code])
