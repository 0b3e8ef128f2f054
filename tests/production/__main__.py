"""All of production on this machine until Ctrl-C: `python -m tests.production` (docs/deploy.md)."""

import signal
import sys
from types import FrameType

from tests.production.made import make_people
from tests.production.shape import production
from tests.run import install_programs


def main() -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    install_programs()
    print("Starting PostgreSQL, PgBouncer, Redis, two processes of the chat and nginx …", flush=True)
    try:
        with production() as shape:
            made = make_people(shape)
            print(
                f"The chat is at {shape.url}/ (its certificate is its own: the browser will ask). Ctrl-C stops all of it."
            )
            for handle, person in made.people.items():
                print(f"  {handle}: {person.password}")
            print(f"Its files are in {shape.folder}; no mail is sent.", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print("\nAll of it is stopped.")
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
