"""Every setting that comes from the environment: its name, its default, what it is for.

The settings help page and its test read `SETTINGS`, so a setting that is not declared here cannot be read.
"""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    help: str


SETTINGS: dict[str, Setting] = {}


def declare(name: str, default: str, help: str) -> None:
    SETTINGS[name] = Setting(name, default, help)


def text(name: str) -> str:
    """The value of a declared setting; an empty variable counts as unset. KeyError for an undeclared name."""
    return os.environ.get(name) or SETTINGS[name].default


def flag(name: str) -> bool:
    return text(name).lower() in {"1", "true", "yes", "on"}


def number(name: str) -> int:
    value = text(name)
    try:
        return int(value)
    except ValueError:
        raise SystemExit(f"setting {name}: {value!r} is not a whole number") from None


def words(name: str) -> list[str]:
    """A comma-separated list, blanks dropped."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


declare("VAR", str(ROOT / "var"), "Folder for the database, uploads, secret key and the embedded broker's data.")
declare("HOST", "127.0.0.1", "Address `manage.py run` listens on. The demo loads on loopback only.")
declare("PORT", "8000", "Port `manage.py run` listens on.")
declare("DEMO", "1", "1 loads the demo organization at the first start, 0 starts empty.")
declare("DEBUG", "0", "1 shows Django's error pages. Never in production.")
declare("SECRET_KEY", "", "Signs sessions and links. Unset: made at the first start and kept in VAR/secret-key.")
declare(
    "SECRET_KEY_FALLBACKS",
    "",
    "Earlier values of SECRET_KEY, separated by commas: what they signed or sealed still works. After "
    "`manage.py reseal_secrets` they can go.",
)
declare("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", "Host names this server answers to, separated by commas.")
declare(
    "PUBLIC_URL",
    "",
    "Address people reach this server at, for links in mail. An https address turns on secure cookies.",
)
declare("CSRF_TRUSTED_ORIGINS", "", "Further origins whose forms are accepted, with scheme, separated by commas.")
declare(
    "TRUSTED_PROXIES",
    "0",
    "Number of proxies in front of the server; 1 or more trusts their X-Forwarded-Proto and X-Forwarded-For.",
)
declare("DATABASE_URL", "", "For example postgres://user:password@host/name. Unset: SQLite in VAR.")
declare(
    "REDIS_URL",
    "",
    "For example redis://host:6379. Unset: a private Redis-protocol server, started by `manage.py run`.",
)
declare("BROKER_URL", "", "Celery's broker when it is not REDIS_URL, for example amqp://host.")
declare("STORAGE_DIR", "", "Folder for uploaded and exported files. Unset: VAR/storage.")
declare(
    "STORAGE_URL",
    "",
    "A bucket for these files in place of that folder, which then holds only what is on its way: "
    "s3://KEY:SECRET@bucket/folder?region=eu-central-1, or ?endpoint=https://host:port for a storage beside AWS.",
)
declare(
    "EMAIL_URL", "", "For example smtp://user:password@host:587/?tls=1. Unset: mail is printed to the server's log."
)
declare("EMAIL_FROM", "groundwork@localhost", "Sender address of mail.")
declare("LANGUAGE_CODE", "en", "Language of pages for people who have not chosen one: en or ja.")
declare("TIME_ZONE", "UTC", "Time zone of dates on pages. The API always uses UTC.")
declare(
    "MAX_LINE", str(10 * 1024 * 1024), "Bytes in one line or cell of an upload; a longer one is reported and skipped."
)
declare("MAX_UPLOAD", str(20 * 1024**3), "Bytes in one uploaded file.")
declare("MAX_IMAGE_PIXELS", str(64_000_000), "Pixels in one image; a larger one is refused.")
declare("LEASE_SECONDS", "900", "Seconds an annotator holds a task without a sign of life.")
declare("OFFER_SECONDS", "300", "Seconds a task stays in an annotator's inbox before it goes to somebody else.")
declare("INBOX_SIZE", "5", "Tasks offered to one annotator at once.")
declare("SEEN_SECONDS", "120", "Tasks are offered to annotators who were seen within this many seconds.")
declare("SESSION_GOAL", "60", "Tasks a day shown as the goal on the labeling page.")
declare("REVIEW_LEASE_SECONDS", "600", "Seconds a reviewer holds a task without a sign of life.")
declare("FIX_HOURS", "72", "Hours an annotator has to fix an answer that a reviewer returned.")
declare("REJECTION_BRAKE", "30", "Percent of a person's last 20 answers; rejecting more needs a second reviewer.")
declare("SECOND_REVIEWS", "10", "Percent of reviews that another reviewer repeats without seeing the first.")
declare("BREAK_MINUTES", "50", "Minutes of work after which the labeling page suggests a break; 0 for never.")
declare("EXPORT_LINK_SECONDS", "86400", "Seconds a signed download link works.")
declare("MEDIA_LINK_SECONDS", "86400", "Seconds a signed link to an image works, at least.")
declare("INVITATION_HOURS", "168", "Hours an invitation can be accepted.")
declare(
    "OUTGOING_ALLOW",
    "",
    "Networks this server may call although they are not public, for example 10.1.0.0/16, separated by commas.",
)
declare("OUTGOING_PUBLIC", "1", "0 keeps this server from calling anything on the public internet.")
declare("API_RATE", "6000/min", "Requests one API key may make.")
declare("LOG_LEVEL", "INFO", "Level of the server's log: DEBUG, INFO, WARNING or ERROR.")
