"""Django settings. Every value that differs between installations comes from the environment."""

import zoneinfo
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from syndication_project.environment import BASE_DIR, Environment

# The pinned tzdata package is the only source of time-zone rules, on every machine.
zoneinfo.reset_tzpath(())

env = Environment()

SECRET_KEY = env("SECRET_KEY")
DEBUG = env("DEBUG")
SITE_URL = env("SITE_URL").rstrip("/")
MEDIA_BASE_URL = env("MEDIA_BASE_URL")
OWN_HOSTS = [urlsplit(address).hostname for address in (SITE_URL, MEDIA_BASE_URL) if address]
ALLOWED_HOSTS = [*env("ALLOWED_HOSTS"), *(host or "localhost" for host in OWN_HOSTS)]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "desk.views.not_sent.too_late"

DATA_DIR = env("DATA_DIR")
DATA_DIR.mkdir(parents=True, exist_ok=True)
STATE_DIR = env("STATE_DIR") or DATA_DIR.with_name(f"{DATA_DIR.name}-state")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_celery_beat",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "organisation",
    "platforms",
    "content",
    "posting",
    "scheduling",
    "analytics",
    "monitoring",
    "desk",
    "sandbox",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",  # the outermost, so that no answer goes without a policy
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "desk.zones.ViewersZone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "syndication_project.urls"
WSGI_APPLICATION = "syndication_project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "desk.frame.frame",
            ],
        },
    },
]

DATABASES = {"default": env.database(default=f"sqlite:///{DATA_DIR / 'syndication.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE: a transaction that reads and then writes never fails half way for a lock.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        # FULL: a committed journal row survives a power cut. With NORMAL it might not, and the
        # post it stands for would be sent a second time.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60  # seconds
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organisation.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "desk:sign_in"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "desk:sign_in"

HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Nothing from elsewhere, and nothing inline. The nonce is for the calendar, which brings a style
# element of its own and finds the nonce in a meta element; it is sent with pages that ask for it.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DEFAULT_EXCEPTION_REPORTER = "syndication_project.exception_reports.Report"
DEFAULT_EXCEPTION_REPORTER_FILTER = "syndication_project.exception_reports.SecretsHidden"
if env("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["syndication_project.formats"]

# Megabytes of text are refused in words, at their field, and come back to whom they belong to.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024  # bytes

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "media/"
MEDIA_STORAGE = bool(env("MEDIA_STORAGE"))  # whether it is a bucket; STORAGES says which
FFMPEG = env("FFMPEG")
STORAGES = {
    "default": env.storage(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

MAIL = env.mail()
MAIL_IS_SET_UP = bool(MAIL)
EMAIL_HOST = MAIL.get("EMAIL_HOST", "")
EMAIL_PORT = MAIL.get("EMAIL_PORT", 0)
EMAIL_HOST_USER = MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20  # seconds, for each answer of the mail server
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL")

FERNET_KEYS = env("FERNET_KEYS")
if not any(key.strip() for key in FERNET_KEYS):
    raise ImproperlyConfigured("FERNET_KEYS is empty. Credentials cannot be stored without a key.")

CELERY_BROKER_URL = env("CELERY_BROKER_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "clock"
CELERY_TASK_ROUTES = {
    "posting.tasks.drain": {"queue": "send"},
    "organisation.tasks.deliver_mail": {"queue": "work"},
    "content.tasks.write_waiting": {"queue": "work"},
    "platforms.tasks.keep_tokens": {"queue": "work"},
    "posting.tasks.check_tokens": {"queue": "work"},
    "posting.tasks.verify_published": {"queue": "work"},
    "analytics.tasks.collect_metrics": {"queue": "work"},
    "analytics.tasks.learn_best_times": {"queue": "work"},
    "scheduling.tasks.expand_plans": {"queue": "work"},
    "content.tasks.poll_feeds": {"queue": "work"},
    "scheduling.tasks.work_on_imports": {"queue": "work"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# The database scheduler sleeps up to 5 s by default, and dispatch wants a tick every second.
CELERY_BEAT_MAX_LOOP_INTERVAL = 1  # seconds
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "embedded": {"folder": str(DATA_DIR / "messages"), "longest_wait": 0.3},
    # A message lost with its worker comes back soon; the row it points to is never lost.
    "redis": {
        "visibility_timeout": 300,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    },
}.get(urlsplit(CELERY_BROKER_URL).scheme, {})

API_REQUESTS_PER_MINUTE = env("API_REQUESTS_PER_MINUTE")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "organisation.api.authentication.TokenAuthentication",
        "organisation.api.authentication.SignedIn",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["organisation.api.caller.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["organisation.api.throttling.PerToken"],
    "DEFAULT_PARSER_CLASSES": ["organisation.api.reading.BoundedJSON"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "organisation.api.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Syndication",
    "DESCRIPTION": "Make posts, let them go out, and see what became of them.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/syndication",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["organisation.api.caller.HasScope"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "organisation.api.schema.add_problems",
    ],
}

SANDBOX_URL = env("SANDBOX_URL").rstrip("/")
FETCH_ALLOW = tuple(env("FETCH_ALLOW"))
SEND_SLOTS = env("SEND_SLOTS")
DB_CONNECTIONS = env("DB_CONNECTIONS")
LEASE_SECONDS = env("LEASE_SECONDS")
SETTLE_SECONDS = env("SETTLE_SECONDS")
PLAN_AHEAD_DAYS = env("PLAN_AHEAD_DAYS")
GIVE_UP_HOURS = env("GIVE_UP_HOURS")
LLM_BASE_URL = env("LLM_BASE_URL")
LLM_API_KEY = env("LLM_API_KEY")
LLM_MODEL = env("LLM_MODEL")
LLM_FIRST_SECONDS = env("LLM_FIRST_SECONDS")
LLM_SECONDS = env("LLM_SECONDS")
LLM_MAX_TOKENS = env("LLM_MAX_TOKENS")
LLM_AT_ONCE = env("LLM_AT_ONCE")
LLM_PRICE_IN = env("LLM_PRICE_IN")
LLM_PRICE_OUT = env("LLM_PRICE_OUT")
DISCONNECT_AFTER = env("DISCONNECT_AFTER")
TOKEN_WARN_DAYS = env("TOKEN_WARN_DAYS")
CONNECT_TIMEOUT = env("CONNECT_TIMEOUT")
READ_TIMEOUT = env("READ_TIMEOUT")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "syndication_project.log_lines.PlainFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL")},
    "loggers": {
        "celery": {"level": "WARNING"},
        "django_celery_beat": {"level": "WARNING"},
        # It would log whole addresses, and those of a token's exchange hold secrets.
        "urllib3": {"level": "WARNING"},
        # Without handlers of its own, which Django adds when debugging and which say all twice.
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"level": "ERROR"},  # a page that is not there is no fault of ours
    },
}
