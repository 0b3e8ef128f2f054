from django.urls import path

from chatpoc.live import views

app_name = "live"
urlpatterns = [
    path("live/", views.page, name="insight"),
    path("live/figures/", views.figures, name="figures"),
]
