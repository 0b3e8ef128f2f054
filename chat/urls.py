from django.urls import path

from accounts import addresses  # noqa: F401  (registers <id:…>)
from chat import fragments
from chat.views import find, messages, notices, people, rooms

app_name = "chat"
urlpatterns = [
    path("", rooms.home, name="home"),
    path("rooms/<id:room_id>/", rooms.room, name="room"),
    path("conversations/read/", rooms.read_marks, name="read_marks"),
    path("conversations/", fragments.conversations, name="conversations"),
    path("rooms/<id:room_id>/header/", fragments.header, name="header"),
    path("rooms/<id:room_id>/members/", fragments.members, name="members"),
    path("rooms/<id:room_id>/messages/", messages.messages, name="messages"),
    path("rooms/<id:room_id>/notify/", notices.notify, name="notify"),
    path("rooms/<id:room_id>/notify/choice/", fragments.notify, name="notify_choice"),
    path("notifications/", notices.notifications, name="notifications"),
    path("find/", find.find, name="find"),
    path("people/", people.people, name="people"),
    path("people/list/", people.directory, name="directory"),
    path("people/<id:person_id>/", people.person, name="person"),
    path("people/<id:person_id>/card/", people.card, name="card"),
    path("people/<str:handle>/conversation/", people.conversation, name="conversation"),
]
