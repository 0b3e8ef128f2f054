from django.urls import path

from chat import fragments
from chat.views import messages, people, rooms

app_name = "chat"
urlpatterns = [
    path("", rooms.home, name="home"),
    path("rooms/<int:room_id>/", rooms.room, name="room"),
    path("conversations/", fragments.conversations, name="conversations"),
    path("rooms/<int:room_id>/header/", fragments.header, name="header"),
    path("rooms/<int:room_id>/members/", fragments.members, name="members"),
    path("rooms/<int:room_id>/messages/", messages.messages, name="messages"),
    path("people/", people.people, name="people"),
    path("people/list/", people.directory, name="directory"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("people/<int:person_id>/card/", people.card, name="card"),
    path("people/<str:handle>/conversation/", people.conversation, name="conversation"),
]
