from django.urls import path

from chat.views import messages, people, rooms

app_name = "chat"
urlpatterns = [
    path("", rooms.home, name="home"),
    path("rooms/<int:room_id>/", rooms.room, name="room"),
    path("rooms/<int:room_id>/messages/", messages.messages, name="messages"),
    path("people/", people.people, name="people"),
    path("people/<str:handle>/conversation/", people.conversation, name="conversation"),
]
