from django.urls import path

from presence.fragments import visibility
from presence.views import appearance

app_name = "presence"
urlpatterns = [
    path("visibility/", visibility, name="visibility"),
    path("appearance/", appearance, name="appearance"),
]
