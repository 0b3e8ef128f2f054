"""The two doors: pages by HTTP, and one socket per open tab."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatpoc.settings")
pages = get_asgi_application()  # loads the apps, which the imports below need

from chatpoc.live.consumer import LiveConsumer  # noqa: E402
from chatpoc.live.nowhere import Nowhere  # noqa: E402

# Channels puts ASGI applications where Django's own types expect views.
sockets: Any = [re_path(r"^ws/$", LiveConsumer.as_asgi()), re_path(r"", Nowhere.as_asgi())]  # type: ignore[arg-type]
application = ProtocolTypeRouter({"http": pages, "websocket": URLRouter(sockets)})
