"""How much is measured."""

from typing import NamedTuple


class Size(NamedTuple):
    pairs: int  # of people
    idle: float  # seconds
    storm: float  # seconds within which those who dropped return
    killed: bool  # which takes 45 s


FULL = Size(pairs=1000, idle=30, storm=10, killed=True)
QUICK = Size(pairs=150, idle=5, storm=7, killed=False)
