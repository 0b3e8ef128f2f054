"""The peer: what the Channels documentation teaches. Each socket is a consumer with a channel of its own, in one group."""

import os

import django
from channels.generic.websocket import AsyncWebsocketConsumer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatpoc.settings")
django.setup()

GROUP = "room"


class StockConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def room_frame(self, event: dict[str, str]) -> None:
        await self.send(text_data=event["text"])


application = StockConsumer.as_asgi()
