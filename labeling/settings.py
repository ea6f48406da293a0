"""Django's settings. Values that differ between installations come from `labeling.env`."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

import dj_database_url

from labeling import env, storage_url
from labeling.release import release_of
from labeling.supervisor.secret import secret_key
from labeling.supervisor.socket import broker_socket
from labeling.types import registry as types_registry

ROOT = env.ROOT
VAR = Path(env.text("VAR")).expanduser().absolute()
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY") or secret_key(VAR)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")
SECURE = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") + [h for h in [urlparse(PUBLIC_URL).hostname] if h]
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS") + ([PUBLIC_URL] if PUBLIC_URL else [])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "axes",
    "allauth.account",  # under allauth.mfa, which needs its models; we use none of its pages
    "allauth.mfa",
    "allauth.usersessions",  # its table of who is signed in where; the pages and what is written when are ours
    "rest_framework",
    "drf_spectacular",
    "labeling.apps.LabelingConfig",
    "workers.apps.WorkersConfig",
    "tasks.apps.TasksConfig",
]

MIDDLEWARE = [
    "labeling.http.health.HealthMiddleware",
    "labeling.http.chunked.ChunkedBodies",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "labeling.http.slashes.AppendSlashToPages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "workers.web.language.LanguageMiddleware",
    "workers.web.middleware.OrganizationMiddleware",
    "workers.web.middleware.SeenMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "workers.web.middleware.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "labeling.urls"
WSGI_APPLICATION = "labeling.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # A type's folder lies in its template folder: the widget of `choice` is `choice/widget.html`.
        "DIRS": [ROOT / "templates", *sorted({folder.parent for folder in types_registry.folders().values()})],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "workers.web.context.people",
            ],
        },
    },
]

# --- database -------------------------------------------------------------------------------------------------------
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA mmap_size=134217728;"
        "PRAGMA cache_size=-64000;PRAGMA foreign_keys=ON;"
    ),
}
DATABASE_URL = env.text("DATABASE_URL")
if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)}
else:
    DATABASES = {"default": {"ENGINE": "labeling.sqlite", "NAME": str(VAR / "groundwork.sqlite3")}}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["ENGINE"] = "labeling.sqlite"
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    # Tests on a file, too: in memory, connections share one cache, and who meets another is refused at once.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: broker and cache ----------------------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL").rstrip("/")
BROKER_SOCKET = broker_socket(VAR)
if REDIS_URL:
    parsed = urlparse(REDIS_URL)
    database = int(parsed.path.strip("/") or 0)
    base = parsed._replace(path="").geturl()
    CELERY_BROKER_URL = env.text("BROKER_URL") or f"{base}/{database}"
    CACHE_URL = f"{base}/{database + 1}"
else:
    CELERY_BROKER_URL = env.text("BROKER_URL") or f"redis+socket://{BROKER_SOCKET}?virtual_host=0"
    CACHE_URL = f"unix://{BROKER_SOCKET}?db=1"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "workers.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "workers.web.backend.MemberBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_RESET_TIMEOUT = 3600
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "workers.web.lockout.counted_name"
AXES_LOCKOUT_CALLABLE = "workers.web.lockout.locked_out"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are in the audit trail
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "credential"]
AXES_CLIENT_IP_CALLABLE = "labeling.http.caller_address.counted_address"

# --- second factors: allauth.mfa's codes and keys, on our own pages ---------------------------------------------------
MFA_ADAPTER = "workers.second_factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a stolen security key alone is nobody
MFA_TOTP_TOLERANCE = 1  # steps of half a minute that a clock may be wrong
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]

# --- security -------------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES")
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = SECURE
OUTGOING_ALLOW = env.words("OUTGOING_ALLOW")
OUTGOING_PUBLIC = env.flag("OUTGOING_PUBLIC")
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": (),
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- files ----------------------------------------------------------------------------------------------------------
STORAGE_DIR = Path(env.text("STORAGE_DIR") or VAR / "storage")
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [
    ("types/" + name, folder / "static")
    for name, folder in types_registry.folders().items()
    if (folder / "static").is_dir()
]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": STORAGE_DIR}},
    "staticfiles": {"BACKEND": "labeling.http.static.StaticStorage"},
}
if env.text("STORAGE_URL"):
    try:
        bucket = storage_url.options(env.text("STORAGE_URL"))
    except ValueError as error:
        raise SystemExit(f"setting STORAGE_URL: {error}") from None
    STORAGES["default"] = {"BACKEND": "labeling.buckets.own.BucketStorage", "OPTIONS": bucket}
MAX_UPLOAD = env.number("MAX_UPLOAD")
MAX_LINE = env.number("MAX_LINE")
MAX_IMAGE_PIXELS = env.number("MAX_IMAGE_PIXELS")
EXPORT_LINK_SECONDS = env.number("EXPORT_LINK_SECONDS")
MEDIA_LINK_SECONDS = env.number("MEDIA_LINK_SECONDS")
INVITATION_HOURS = env.number("INVITATION_HOURS")

# --- work -----------------------------------------------------------------------------------------------------------
LEASE_SECONDS = env.number("LEASE_SECONDS")
OFFER_SECONDS = env.number("OFFER_SECONDS")
INBOX_SIZE = env.number("INBOX_SIZE")
SEEN_SECONDS = env.number("SEEN_SECONDS")
SESSION_GOAL = env.number("SESSION_GOAL")
BREAK_MINUTES = env.number("BREAK_MINUTES")
REVIEW_LEASE_SECONDS = env.number("REVIEW_LEASE_SECONDS")
FIX_HOURS = env.number("FIX_HOURS")
REJECTION_BRAKE = env.number("REJECTION_BRAKE")
SECOND_REVIEWS = env.number("SECOND_REVIEWS")

# --- languages ------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = env.text("LANGUAGE_CODE")
LANGUAGES = [("en", "English"), ("ja", "日本語")]
LOCALE_PATHS = [ROOT / "labeling" / "locale"]
TIME_ZONE = env.text("TIME_ZONE")
USE_TZ = True

# --- mail -----------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM")
if env.text("EMAIL_URL"):
    mail = urlparse(env.text("EMAIL_URL"))
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = mail.hostname or "localhost", mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(mail.username or ""), unquote(mail.password or "")
    EMAIL_USE_TLS = parse_qs(mail.query).get("tls") == ["1"]
    EMAIL_USE_SSL = parse_qs(mail.query).get("ssl") == ["1"]
    EMAIL_TIMEOUT = 20

# --- API ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "workers.api.authentication.KeyAuthentication",
        "workers.api.authentication.PageAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["workers.api.permissions.InOrganization"],
    "DEFAULT_RENDERER_CLASSES": ["labeling.http.json.ORJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["labeling.http.json.ORJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "labeling.http.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "labeling.http.pages.CursorPages",
    "DEFAULT_THROTTLE_CLASSES": ["workers.api.throttles.KeyThrottle"],
    "DEFAULT_THROTTLE_RATES": {"key": env.text("API_RATE"), "sign-in": "600/min"},
    "EXCEPTION_HANDLER": "labeling.http.errors.problem_details",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "rest_framework.negotiation.DefaultContentNegotiation",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter of ours
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "labeling.http.schema.forget_column_sizes",
    ],
    "TITLE": "Groundwork API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {  # fields of one name with different choices
        "CommentKindEnum": "tasks.models.comments.CommentKind",
        "BatchKindEnum": "tasks.models.ordering.BatchKind",
        "BulkKindEnum": "tasks.models.items.BulkKind",
        "BulkStateEnum": "tasks.states.BULK_STATES",
        "FeedKindEnum": "tasks.models.buckets.FeedKind",
        "KindsEnum": "tasks.services.webhooks.KINDS",
        "ExportStateEnum": "tasks.states.EXPORT_STATES",
        "MachineKindEnum": "tasks.models.machines.MachineKind",
        "GoldKindEnum": "tasks.models.gold.GoldKind",
        "GoldSourceEnum": "tasks.models.gold.GoldSource",
        "RestrictionKindEnum": "workers.models.restrictions.RestrictionKind",
        "RestrictionReasonEnum": "workers.models.restrictions.RestrictionReason",
        "TaskStateEnum": "tasks.states.TaskState.values",
        "GoldStateEnum": "tasks.states.GoldState.values",
        "RejectionStateEnum": "tasks.states.RejectionState.values",
        "AppealStateEnum": "tasks.states.AppealState.values",
        "SkipReasonEnum": "tasks.states.SKIP_REASONS",
        "RejectionReasonEnum": "tasks.states.REJECTION_REASONS",
        "SetAsideByEnum": "tasks.selectors.set_aside.BYS",
    },
}

# --- log ------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "fido2": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        # at DEBUG these write down whole requests and replies
        "boto3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
    },
}

# The workbench asks for a reload when it changes.
RELEASE = release_of(
    ROOT / "pyproject.toml", [ROOT / "labeling" / "static", *(folder for _, folder in STATICFILES_DIRS)]
)
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail addresses are unique whatever their case, by the constraint one_user_per_email
]
