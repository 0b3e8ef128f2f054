"""The peer: what the Channels documentation teaches. Each socket is a consumer with a channel of its own, in the group of its
room; a view behind Django's sessions inserts the message, and sends it to the group."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.load.peers.stock_settings"

from typing import Any

from asgiref.sync import async_to_sync
from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import channel_layers
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

django_application = get_asgi_application()  # sets Django up, which the imports below need

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path, re_path  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

from tests.load.peers.groups import group_of  # noqa: E402

INSERT = "INSERT INTO peer_message (room, client_id, body) VALUES (%s, %s, %s) RETURNING id"


class StockConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.group = group_of(self.scope["url_route"]["kwargs"]["room"])
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def room_frame(self, event: dict[str, str]) -> None:
        await self.send(text_data=event["text"])


@login_required
@require_POST
def messages(request: HttpRequest, room: int) -> JsonResponse:
    body = request.POST["body"]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [room, request.POST["client_id"], body])
        number = cursor.fetchone()[0]
    said = JsonResponse({"tag": f"room:{room}", "version": str(number), "content": body}, status=201)
    message = {"type": "room.frame", "text": said.content.decode()}
    async_to_sync(channel_layers["default"].group_send)(group_of(room), message)
    return said


urlpatterns = [path("rooms/<int:room>/messages/", messages)]
sockets: Any = [re_path(r"^room/(?P<room>\d+)$", StockConsumer.as_asgi())]  # type: ignore[arg-type]
application = ProtocolTypeRouter({"http": django_application, "websocket": AuthMiddlewareStack(URLRouter(sockets))})
