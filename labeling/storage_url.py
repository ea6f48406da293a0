"""What STORAGE_URL says: `s3://KEY:SECRET@bucket/folder?region=eu-central-1&endpoint=https://minio.example.org:9000`."""

from urllib.parse import parse_qsl, unquote, urlsplit

KNOWN = ("endpoint", "region", "addressing")
ADDRESSING = ("auto", "path", "virtual")


def options(url: str) -> dict[str, str]:
    """For the bucket's storage class. ValueError tells what is wrong, and never the secret."""
    parts = urlsplit(url)
    if parts.scheme != "s3":
        raise ValueError("must begin with s3://")
    user, _, bucket = parts.netloc.rpartition("@")
    key_id, _, secret = user.partition(":")
    if not bucket or not bucket.replace("-", "").replace(".", "").replace("_", "").isalnum():
        raise ValueError("must name a bucket: s3://KEY:SECRET@bucket; in KEY and SECRET a / is written %2F")
    if bool(key_id) != bool(secret):
        raise ValueError("must have both KEY and SECRET, or neither")
    given = dict(parse_qsl(parts.query))
    if unknown := sorted(set(given) - set(KNOWN)):
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(KNOWN)}")
    if given.get("addressing", "auto") not in ADDRESSING:
        raise ValueError(f"addressing must be one of {', '.join(ADDRESSING)}")
    endpoint = given.get("endpoint", "")
    if endpoint and urlsplit(endpoint).scheme not in ("http", "https"):
        raise ValueError("endpoint must begin with https:// or http://")
    if not endpoint and not given.get("region"):
        raise ValueError("must have a region, or an endpoint")
    folder = "/".join(part for part in unquote(parts.path).split("/") if part)
    return {
        "bucket": bucket,
        "folder": f"{folder}/" if folder else "",
        "endpoint": endpoint.rstrip("/"),
        "region": given.get("region", ""),
        "addressing": given.get("addressing", "auto"),
        "access_key_id": unquote(key_id),
        "secret": unquote(secret),
    }
