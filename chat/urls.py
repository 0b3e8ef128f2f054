from django.urls import path

from accounts import addresses  # noqa: F401  (registers <id:…>)
from chat import fragments
from chat.views import channels, find, held, memberships, messages, notices, own, people, previews, rooms

app_name = "chat"
urlpatterns = [
    path("", rooms.home, name="home"),
    path("rooms/<id:room_id>/", rooms.room, name="room"),
    path("rooms/", channels.rooms, name="rooms"),
    path("rooms/list/", channels.open_rooms, name="open_rooms"),
    path("rooms/new/", channels.new, name="new_room"),
    path("rooms/<id:room_id>/preview/", previews.preview, name="preview"),
    path("rooms/<id:room_id>/settings/", channels.settings, name="room_settings"),
    path("rooms/<id:room_id>/archiving/", channels.archiving, name="archiving"),
    path("rooms/<id:room_id>/archive/", channels.archive, name="archive"),
    path("rooms/<id:room_id>/membership/", memberships.membership, name="membership"),
    path("rooms/<id:room_id>/leaving/", memberships.leaving, name="leaving"),
    path("rooms/<id:room_id>/invitations/", memberships.invitations, name="invitations"),
    path("rooms/<id:room_id>/candidates/", memberships.candidates, name="candidates"),
    path("rooms/<id:room_id>/people/", memberships.people, name="room_people"),
    path("rooms/<id:room_id>/roster/", memberships.roster, name="roster"),
    path("rooms/<id:room_id>/people/<id:person_id>/role/", memberships.role, name="role"),
    path("rooms/<id:room_id>/people/<id:person_id>/removal/", memberships.removal, name="removal"),
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
    path("rooms/<id:room_id>/held/", held.held, name="held"),
    path("rooms/<id:room_id>/held/<id:held_id>/away/", held.putting_away, name="putting_away"),
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
