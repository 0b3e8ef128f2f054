"""The chat's database, layer, sessions and accounts; of the middleware, what a Django project begins with."""

from chatpoc.settings import *  # noqa: F403

ROOT_URLCONF = "tests.load.peers.stock"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # it insists
]
LOGIN_URL = "/login/"  # type: ignore[assignment]  # the chat's is a name of its own addresses
