"""Whether the channel layer carries what is given to it."""

from channels.layers import get_channel_layer  # noqa: TID251  (this is the one door)

from chatpoc.live.hub import running_hub
from chatpoc.live.reconnects import reach


async def ask_layer() -> str:
    """What keeps it from that, or nothing. Raises what the layer raises."""
    await reach(get_channel_layer())
    hub = running_hub()
    return "" if hub is None or hub.hears_itself() else "what this process sends does not come back to it"
