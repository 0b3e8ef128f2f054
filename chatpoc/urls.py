from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from chatpoc import views
from chatpoc.env import PRODUCTION

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("chat.urls")),
    path("", include("chatpoc.live.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
if getattr(settings, "EMAIL_FILE_PATH", "") and not PRODUCTION:
    urlpatterns += [path("dev/mailbox/", views.mailbox, name="mailbox")]

handler400 = "chatpoc.views.bad_request"
handler403 = "chatpoc.views.forbidden"
handler404 = "chatpoc.views.not_found"
handler429 = "chatpoc.views.too_many"  # allauth's limits ask for it
handler500 = "chatpoc.views.server_error"
