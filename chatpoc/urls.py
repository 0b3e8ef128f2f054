from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from accounts.views import factors, sessions
from accounts.views.password import change_password
from chatpoc import language, views
from chatpoc.env import PRODUCTION

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("chat.urls")),
    path("", include("chatpoc.live.urls")),
    path("presence/", include("presence.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/password/change/", change_password),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", factors.index),  # these four go before allauth's own, which fail over a lost SECRET_KEY
    path("accounts/2fa/recovery-codes/", factors.codes),
    path("accounts/2fa/recovery-codes/generate/", factors.generate),
    path("accounts/2fa/recovery-codes/download/", factors.download),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", sessions.sessions, name="usersessions_list"),  # allauth's name: it links there
    path("accounts/sessions/<int:session_id>/", sessions.session, name="session"),
    path("language/", language.choose, name="language"),
    path("words/<str:language>-<str:version>.js", language.Words.as_view(), name="words"),
    path("admin/", admin.site.urls),
]
if getattr(settings, "EMAIL_FILE_PATH", "") and not PRODUCTION:
    urlpatterns += [path("dev/mailbox/", views.mailbox, name="mailbox")]

handler400 = "chatpoc.views.bad_request"
handler403 = "chatpoc.views.forbidden"
handler404 = "chatpoc.views.not_found"
handler429 = "chatpoc.views.too_many"  # allauth's limits ask for it
handler500 = "chatpoc.views.server_error"
