from django.urls import path

from accounts.fragments import me

app_name = "accounts"
urlpatterns = [path("me/", me, name="me")]
