"""The peer: a Channels consumer that accepts and does nothing."""

import os

import django
from channels.generic.websocket import AsyncWebsocketConsumer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatpoc.settings")
django.setup()

application = AsyncWebsocketConsumer.as_asgi()
