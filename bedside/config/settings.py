"""Every setting, in one file. Read from the environment by typed readers; docs/reference/settings.md lists them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bedside.accounts.terms import SessionLimit

from . import environment as env
from . import logs

ROOT = Path(__file__).resolve().parents[2]

# --- Where things are ------------------------------------------------------------------------------------------
#: The folder of everything Bedside keeps: the database, files, secrets, mails waiting in the demo clinic.
DATA_DIR = env.folder("BEDSIDE_DATA", ROOT / ".bedside")
#: On in the demo clinic, where anyone may step in as anyone. Refused unless the database holds a demo clinic.
IS_DEMO = env.switch("BEDSIDE_DEMO", False)
#: Shows source code in error pages. For developing on one's own machine; refused outside the demo clinic.
DEBUG = env.switch("BEDSIDE_DEBUG", False)
#: Signs sessions and tickets. Made at first start and kept in secrets.json of the data folder.
SECRET_KEY = env.secret_key("BEDSIDE_SECRET_KEY", DATA_DIR / "secrets.json")
#: Earlier keys, still believed while people sign in again after a change.
SECRET_KEY_FALLBACKS = env.words("BEDSIDE_OLD_SECRET_KEYS")
#: The address people open, as they type it. With https:// cookies travel encrypted only.
PUBLIC_URL = env.url("BEDSIDE_PUBLIC_URL", "http://localhost:8000")
#: Host names that are answered, beside the one of BEDSIDE_PUBLIC_URL.
ALLOWED_HOSTS = [
    *env.words("BEDSIDE_HOSTS", ("localhost", "127.0.0.1", "[::1]")),
    str(urlsplit(PUBLIC_URL).hostname),
]
#: Other addresses whose pages may post to this one, with scheme. Seldom needed.
CSRF_TRUSTED_ORIGINS = env.words("BEDSIDE_ORIGINS")
IS_HTTPS = PUBLIC_URL.startswith("https://")
if DEBUG and not IS_DEMO:
    raise env.BadSetting("BEDSIDE_DEBUG", "on", "off outside the demo clinic")

# --- The house -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "bedside.portal.apps.PortalConfig",
    "bedside.rehearsal.apps.RehearsalConfig",
    "bedside.gateway.apps.GatewayConfig",
    "bedside.intake.apps.IntakeConfig",
    "bedside.visits.apps.VisitsConfig",
    "bedside.orders.apps.OrdersConfig",
    "bedside.results.apps.ResultsConfig",
    "bedside.scheduling.apps.SchedulingConfig",
    "bedside.record.apps.RecordConfig",
    "bedside.consent.apps.ConsentConfig",
    "bedside.directory.apps.DirectoryConfig",
    "bedside.accounts.apps.AccountsConfig",
    "bedside.fhir.apps.FhirConfig",
    "bedside.platform.access.apps.AccessConfig",
    "bedside.platform.events.apps.EventsConfig",
    "bedside.platform.audit.apps.AuditConfig",
    "bedside.platform.jobs.apps.JobsConfig",
    "bedside.platform.files.apps.FilesConfig",
    "bedside.platform.notify.apps.NotifyConfig",
    "bedside.platform.live.apps.LiveConfig",
    "bedside.platform.ui.apps.UiConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "procrastinate.contrib.django",
    "django.contrib.postgres",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "bedside.config.timing.ServerTimingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bedside.platform.ui.middleware.LocksMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bedside.accounts.middleware.ActorMiddleware",
    "bedside.accounts.middleware.LanguageAndZoneMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bedside.platform.ui.middleware.RefusalMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "bedside.platform.access.middleware.PolicyMiddleware",
    "bedside.accounts.middleware.RateLimitMiddleware",
]
ROOT_URLCONF = "bedside.config.urls"
WSGI_APPLICATION = "bedside.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bedside.platform.ui.context.house",
            ],
        },
    }
]

# --- Data ------------------------------------------------------------------------------------------------------
#: A PostgreSQL 16 or newer to use instead of the built-in one, as the app's own role:
#: postgres://user:password@host:5432/name.
_APP = env.database("DATABASE_URL", {"ENGINE": "bedside.config.postgresql", "NAME": "bedside"})
#: The same database as the role that owns the tables; migrations use it. Without it, DATABASE_URL's role does both.
OWNER_DATABASE = env.database("BEDSIDE_OWNER_DATABASE_URL", _APP)
DATABASES = {"default": {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False, **_APP}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["bedside.accounts.backends.PersonBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "bedside.accounts.passwords.LengthByFactor"},
    {"NAME": "bedside.accounts.passwords.NotCommon"},
    {"NAME": "bedside.accounts.passwords.NotAboutYou"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SECOND_FACTOR_URL = "accounts:second_factor"
STAFF_SESSION_LIMIT = SessionLimit(
    #: Minutes without a touch after which a member of staff is signed out.
    idle=timedelta(minutes=env.integer("BEDSIDE_STAFF_IDLE_MINUTES", 15, least=1)),
    #: Hours after which a member of staff signs in again, however busy.
    absolute=timedelta(hours=env.integer("BEDSIDE_STAFF_SESSION_HOURS", 12, least=1)),
)
PATIENT_SESSION_LIMIT = SessionLimit(
    #: Minutes without a touch after which a patient is signed out.
    idle=timedelta(minutes=env.integer("BEDSIDE_PATIENT_IDLE_MINUTES", 60, least=1)),
    #: Hours after which a patient signs in again.
    absolute=timedelta(hours=env.integer("BEDSIDE_PATIENT_SESSION_HOURS", 24, least=1)),
)
SESSION_ENGINE = "bedside.accounts.session_store"
SESSION_COOKIE_AGE = int(PATIENT_SESSION_LIMIT.absolute.total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"

ACCOUNT_ADAPTER = "bedside.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "bedside.accounts.forms.SignInForm",
    "signup": "bedside.accounts.forms.SignUpForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False  # accounts/limits.py counts tries, in the database: docs/decisions/0011
MFA_ADAPTER = "bedside.accounts.adapters.FactorAdapter"
MFA_FORMS = {
    "authenticate": "bedside.accounts.forms.CodeForm",
    "reauthenticate": "bedside.accounts.forms.CodeAgainForm",
    "authenticate_webauthn": "bedside.accounts.forms.PasskeyStepForm",
    "reauthenticate_webauthn": "bedside.accounts.forms.PasskeyAgainForm",
    "login_webauthn": "bedside.accounts.forms.PasskeySignInForm",
    "add_webauthn": "bedside.accounts.forms.AddPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RATE_LIMITS = False
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Bedside"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
#: How many proxies stand in front, so that tries are counted for the person and not for the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("BEDSIDE_TRUSTED_PROXIES", 0, most=8)

# --- Words -----------------------------------------------------------------------------------------------------
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
#: Whose emergency numbers every page shows: ISO 3166. bedside/platform/ui/terms.py lists them.
COUNTRY = env.text("BEDSIDE_COUNTRY", "US")
LANGUAGES = [("en", "English"), ("es", "Español")]

# --- Mail ------------------------------------------------------------------------------------------------------
#: smtp://user:password@host:587 or smtps://…; without it mails are files in the outbox folder.
SMTP_URL = env.url("BEDSIDE_SMTP", schemes=("smtp", "smtps"))
#: Who mails come from.
MAIL_FROM = env.text("BEDSIDE_MAIL_FROM", "Bedside <no-reply@localhost>")

# --- Jobs ------------------------------------------------------------------------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# --- Laboratories -----------------------------------------------------------------------------------------------
#: Where laboratories send results by HL7 v2 over MLLP, like 127.0.0.1:2575; without it nobody listens. MLLP has no
#: lock of its own: listen on this machine, and let a tunnel or a VPN bring the laboratory there.
MLLP_ADDRESS = env.listener("BEDSIDE_MLLP")

# --- Files -----------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
#: Set by bin/run after collectstatic: hashed names that may be kept for ever, compressed once.
IS_STATIC_COLLECTED = env.switch("BEDSIDE_STATIC_COLLECTED", False)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "bedside.platform.ui.storage.HashedStaticStorage"
        if IS_STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not IS_STATIC_COLLECTED

# --- Locks -----------------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
#: Seconds a browser is told to come back by https only. Only sent outside the demo clinic and with https.
SECURE_HSTS_SECONDS = env.integer("BEDSIDE_HSTS_SECONDS", 31_536_000) if IS_HTTPS and not IS_DEMO else 0
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
#: Addresses of the proxies in front, whose word on who asks and by https or not is taken.
PROXY_ADDRESSES = env.words("BEDSIDE_PROXY_ADDRESSES")
CSRF_FAILURE_VIEW = "bedside.platform.ui.refusals.csrf_failure"

# --- What is written down --------------------------------------------------------------------------------------
#: The least grave lines the log keeps: DEBUG, INFO, WARNING or ERROR.
LOGGING = logs.configuration(env.choice("BEDSIDE_LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR")))
LOGGING_CONFIG = "logging.config.dictConfig"

# --- Live visits ----------------------------------------------------------------------------------------------
#: Servers that tell a browser its own address from outside, like stun:host:3478.
STUN_URLS = env.words("BEDSIDE_STUN_URLS")
#: Relays for those whose networks let nothing straight through, like turn:host:3478?transport=udp.
TURN_URLS = env.words("BEDSIDE_TURN_URLS")
#: What coturn calls static-auth-secret: the relays give nobody a place without it.
TURN_SECRET = env.text("BEDSIDE_TURN_SECRET")
if TURN_URLS and not TURN_SECRET:
    raise env.BadSetting("BEDSIDE_TURN_SECRET", "", "set when BEDSIDE_TURN_URLS is")
#: Processes that answer pages and live lines, of which each keeps a core busy.
PROCESSES = env.integer("BEDSIDE_PROCESSES", 1, least=1, most=64)
#: Threads that run pages, in each process.
WEB_THREADS = env.integer("BEDSIDE_WEB_THREADS", 24, least=2, most=128)
#: Connections of the FHIR API to the database, in each process.
FHIR_CONNECTIONS = env.integer("BEDSIDE_FHIR_CONNECTIONS", 8, least=2, most=64)
#: Requests one token may make to the FHIR API in a minute, in each process; 0 for no end.
FHIR_REQUESTS_A_MINUTE = env.integer("BEDSIDE_FHIR_REQUESTS_A_MINUTE", 6_000, most=10_000_000)
#: How many quick pages run at a time; the others wait in line, and slow ones go on beside them.
WEB_LANES = env.integer("BEDSIDE_WEB_LANES", 3, least=1, most=128)
#: Threads for the database work of live sockets.
LIVE_THREADS = env.integer("BEDSIDE_LIVE_THREADS", 6, least=1, most=64)
#: Whether this process does background jobs beside the pages.
RUN_JOBS = env.switch("BEDSIDE_RUN_JOBS", True)
