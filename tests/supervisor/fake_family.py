"""A supervisor over fake children: `fake_family FILE NAME=BEHAVIOUR…`.

FILE holds the number of posts on the wire. A child whose name is `server` serves the others.
"""

import sys
from pathlib import Path

from syndication_project.supervisor.family import Family, Spec
from syndication_project.supervisor.terminal import Terminal


def main() -> None:
    wire = Path(sys.argv[1])
    terminal = Terminal()
    family = Family(terminal, on_wire=lambda: int(wire.read_text()))
    family.heed_signals()
    children = family.start(*(spec(*pair.split("=")) for pair in sys.argv[2:]))
    for child in children:
        family.wait_until_ready(child, 20)
    terminal.say("all started")
    family.run()
    family.stop()


def spec(name: str, behaviour: str) -> Spec:
    return Spec(
        name,
        "tests.supervisor.fake_child",
        (behaviour,),
        ready="Ready: ",
        serves_others=name == "server",
    )


if __name__ == "__main__":
    main()
