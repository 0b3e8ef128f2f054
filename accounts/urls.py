from django.urls import path

from accounts.fragments import me
from accounts.views import leaving

app_name = "accounts"
urlpatterns = [
    path("me/", me, name="me"),
    path("account/", leaving.account, name="account"),
    path("account/deactivation/", leaving.deactivation, name="deactivation"),
    path("account/deletion/", leaving.deletion, name="deletion"),
    path("account/return/<str:key>/", leaving.come_back, name="come_back"),
]
