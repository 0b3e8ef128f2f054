"""What the stock consumer's groups are called, for its server and for who publishes."""


def group_of(room: int | str) -> str:
    return f"room.{room}"
