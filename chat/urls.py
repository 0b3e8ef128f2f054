from django.urls import path

from accounts import addresses  # noqa: F401  (registers <id:…>)
from chat import fragments
from chat.views import messages, own, people, rooms

app_name = "chat"
urlpatterns = [
    path("", rooms.home, name="home"),
    path("rooms/<id:room_id>/", rooms.room, name="room"),
    path("conversations/read/", rooms.read_marks, name="read_marks"),
    path("conversations/", fragments.conversations, name="conversations"),
    path("rooms/<id:room_id>/header/", fragments.header, name="header"),
    path("rooms/<id:room_id>/members/", fragments.members, name="members"),
    path("rooms/<id:room_id>/messages/", messages.messages, name="messages"),
    path("rooms/<id:room_id>/messages/<id:seq>/", messages.message, name="message"),
    path("rooms/<id:room_id>/unread/", rooms.unread, name="unread"),
    path("rooms/<id:room_id>/messages/own/", own.own, name="own"),
    path("rooms/<id:room_id>/messages/<id:seq>/text/", own.text, name="text"),
    path("rooms/<id:room_id>/messages/<id:seq>/deletion/", own.deletion, name="deletion"),
    path("rooms/<id:room_id>/messages/<id:seq>/deletion/undo/", own.restoration, name="restoration"),
    path("people/", people.people, name="people"),
    path("people/list/", people.directory, name="directory"),
    path("people/<id:person_id>/", people.person, name="person"),
    path("people/<id:person_id>/card/", people.card, name="card"),
    path("people/<str:handle>/conversation/", people.conversation, name="conversation"),
]
