from django.urls import path

from accounts import addresses  # noqa: F401  (registers the parts below)
from accounts.fragments import cast, me
from accounts.views import blocking, leaving, profile

app_name = "accounts"
urlpatterns = [
    path("me/", me, name="me"),
    path("cast/<numbers:people>/", cast, name="cast"),
    path("blocked/", blocking.blocked, name="blocked"),
    path("profile/", profile.profile, name="profile"),
    path("profile/picture/", profile.picture, name="set_picture"),
    path("pictures/<picture_name:name>-<side:side>.webp", profile.picture_file, name="picture"),
    path("account/", leaving.account, name="account"),
    path("account/deactivation/", leaving.deactivation, name="deactivation"),
    path("account/deletion/", leaving.deletion, name="deletion"),
    path("account/return/<str:key>/", leaving.come_back, name="come_back"),
]
