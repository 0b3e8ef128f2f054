from channels.generic.websocket import AsyncWebsocketConsumer


class Nowhere(AsyncWebsocketConsumer):
    """A socket to a path that does not exist: told so and closed, where Channels would answer with a traceback."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.accept()
        await self.close(4404)
