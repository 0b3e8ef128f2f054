"""Every setting of the chat. What differs between machines comes from the environment (see .env.sample)."""

from csp.constants import NONCE, SELF
from django.urls import reverse_lazy

from chatpoc.env import (
    BASE,
    PRODUCTION,
    VAR,
    allowed_hosts,
    database,
    days,
    email,
    env,
    forgetful,
    layer_and_cache,
    limits,
    metrics_token,
    one_of,
    secret_key,
)

SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", False) and not PRODUCTION
METRICS_TOKEN = metrics_token()
ALLOWED_HOSTS = allowed_hosts()
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "chatpoc.live",
    "accounts",
    "presence",
    "chat",
    "accounts.administration.Admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "csp",
    "tailwind",
    "chatpoc.theme",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "chatpoc.middleware.permit_little",
    "chatpoc.storage.static_files",
    "chatpoc.middleware.CompressPages",
    "django.middleware.locale.LocaleMiddleware",  # before whatever may refuse: a refusal has words, too
    "chatpoc.middleware.refuse_methods",
    "chatpoc.middleware.refuse_nul",
    "chatpoc.middleware.keep_new_session",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "chatpoc.middleware.keep_private",
    "chatpoc.middleware.SignedInMiddleware",
    "chatpoc.limits.middleware.Limits",  # by then it is known who asks
    "accounts.suspension.KeepOut",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.note_activity",
    "accounts.audit.note_origin",
]

ROOT_URLCONF = "chatpoc.urls"
ASGI_APPLICATION = "chatpoc.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "chatpoc.context.page",
                "accounts.context.passkeys",
            ]
        },
    }
]

SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # emails are unique without case, by a constraint that the check cannot read
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_layer, _cache = layer_and_cache()
CHANNEL_LAYERS = {"default": _layer}
LIVE_OUTBOX = "memory" in _layer["BACKEND"].lower()  # other processes then reach the server through the database
CACHES = {
    "default": _cache | {"BACKEND": forgetful(_cache["BACKEND"])},
    "live": _cache | ({} if "LOCATION" in _cache else {"LOCATION": "live"}),
}

LIMITS = limits()

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("handle", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "accounts.passwords.Bounded"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.NotOfThisPlace"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "login": "accounts.forms.LoginForm",
    "change_password": "accounts.forms.NewPasswordForm",
    "reauthenticate": "accounts.forms.ProofForm",
    "add_email": "accounts.forms.ChangeEmailForm",
}
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_USERNAME_VALIDATORS = "accounts.models.HANDLE_VALIDATORS"
ACCOUNT_EMAIL_VERIFICATION = one_of(
    "EMAIL_VERIFICATION", ("mandatory", "optional"), "mandatory" if PRODUCTION else "optional"
)
CONFIRMED_BY_CODE = ACCOUNT_EMAIL_VERIFICATION == "mandatory"  # else by a link: nobody waits with a page open
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = CONFIRMED_BY_CODE
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
SESSION_IDLE = days("SESSION_IDLE_DAYS", 14)  # without a request, until one is signed out
SESSION_LONGEST = days("SESSION_DAYS", 30)  # after a log-in, whatever happens meanwhile
SESSION_COOKIE_AGE = int(min(SESSION_IDLE, SESSION_LONGEST).total_seconds())
PASSWORD_RESET_TIMEOUT = 3600  # seconds that a mailed link is good for; it lies in the mailbox after that
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[ChatPOC] "
ADMIN_SECOND_FACTOR = (
    one_of("ADMIN_SECOND_FACTOR", ("required", "optional"), "required" if PRODUCTION else "optional") == "required"
)
MFA_ADAPTER = "accounts.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "add_webauthn": "accounts.passkeys.AddForm",
    "signup_webauthn": "accounts.passkeys.SignUpForm",
    "login_webauthn": "accounts.passkeys.LoginForm",
    "authenticate_webauthn": "accounts.passkeys.SecondStepForm",
    "reauthenticate_webauthn": "accounts.passkeys.ProofForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = (
    CONFIRMED_BY_CODE  # allauth keeps a sign-up without a password in the session that confirms
)
MFA_ALLOW_UNVERIFIED_EMAIL = not CONFIRMED_BY_CODE
MFA_TOTP_ISSUER = "ChatPOC"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s that a phone's clock may be off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost
if PRODUCTION:
    ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Real-IP"  # set by the proxy in front, which production has

# Mail
globals().update(email())
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "ChatPOC <chat@localhost>")

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("pl", "Polski")]  # the packages know more; half a page in another would read badly
LOCALE_PATHS = [BASE / "chatpoc" / "locale"]
LANGUAGE_COOKIE_NAME = "language"  # what was chosen; without it the browser's Accept-Language decides
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", "UTC")

# Files
STATIC_URL = "/static/"
STATIC_ROOT = BASE / "staticfiles"
STATICFILES_DIRS = [BASE / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", str(VAR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "chatpoc.storage.HashedStaticFiles"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
if not PRODUCTION:
    STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns when it is missing
WHITENOISE_USE_FINDERS = not PRODUCTION  # embedded: served from the sources, no collectstatic
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
TAILWIND_APP_NAME = "chatpoc.theme"

# Browser security: nothing inline, nothing from elsewhere
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],  # blob: is a picture that was chosen and is not sent yet
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "chatpoc.views.csrf_failure"
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    # A cookie with this prefix comes from this host alone, over TLS: no other host of the domain can plant one.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = (
        "__Host-session",
        "__Host-csrftoken",
        "__Host-language",
    )
    _hsts = one_of("HSTS", ("host", "subdomains", "preload"), "subdomains")
    SECURE_HSTS_INCLUDE_SUBDOMAINS, SECURE_HSTS_PRELOAD = _hsts != "host", _hsts == "preload"
    SILENCED_SYSTEM_CHECKS += ["security.W005", "security.W021"]  # what HSTS says is for who knows the other hosts
MESSAGE_STORAGE = "chatpoc.storage.Notes"

DEFAULT_EXCEPTION_REPORTER = "chatpoc.reporting.Reporter"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "chatpoc.logs.OneLine", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "filters": {
        "brief": {"()": "chatpoc.logs.Brief"},
        "troubles": {"()": "chatpoc.logs.InOneLine"},
        "seldom": {"()": "chatpoc.logs.Seldom"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["brief", "troubles"]}},
    "loggers": {
        "psycopg.pool": {"filters": ["seldom"]},
        "chatpoc.security": {"level": one_of("SECURITY_LOG", ("INFO", "WARNING"), "INFO")},
    },
    "root": {"handlers": ["console"], "level": one_of("LOG_LEVEL", LOG_LEVELS, "WARNING")},
}
