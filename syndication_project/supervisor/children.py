"""Which processes make up Syndication on one machine, and what each is told."""

from pathlib import Path

from syndication_project.supervisor.family import Spec

CLOCK_SLOTS = 4
WORK_SLOTS = 6  # one for each task that may have to wait for a platform, and for mail
WEB_READY = "Web: "
SANDBOX_READY = "Sandbox: "
CELERY = {
    # The supervisor has looked at what Django's checks look at, once for all processes.
    "CELERY_SKIP_CHECKS": "1",
    # A container's only user is often root, and these workers run no code from messages.
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
}


def sandbox(descriptor: int, folder: Path) -> Spec:
    """The stand-in for the platforms, on a socket that the supervisor keeps open.

    It outlives the workers, whose posts go to it.
    """
    ledger = folder / "sandbox" / "ledger.sqlite3"
    ledger.parent.mkdir(parents=True, exist_ok=True)
    return Spec(
        "sandbox",
        "sandbox",
        ("--descriptor", str(descriptor), "--ledger", str(ledger)),
        descriptors=(descriptor,),
        ready=SANDBOX_READY,
        serves_others=True,
    )


def web(pages: int, gate: int) -> Spec:
    """The pages, on a socket that the supervisor keeps open while this process starts again.

    It loads at once, and serves when the gate is open. It outlives the workers: for the posts that
    are on their way platforms fetch media from it.
    """
    return Spec(
        "web",
        "syndication_project.web",
        (str(pages), str(gate)),
        descriptors=(pages, gate),
        ready=WEB_READY,
        serves_others=True,
    )


def worker(queue: str, slots: int) -> Spec:
    """A worker named after its queue, with threads: its work is waiting, for others' answers."""
    return Spec(
        queue,
        "celery",
        (
            *("--quiet", "--app", "syndication_project", "worker"),
            *("--queues", queue, "--hostname", f"{queue}@%h"),
            *("--pool", "threads", "--concurrency", str(slots)),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ),
        environment=CELERY,
    )


def beat() -> Spec:
    """Wakes the clock worker every second. It needs no file: its state is in the database."""
    return Spec(
        "beat",
        "celery",
        ("--quiet", "--app", "syndication_project", "beat", "--pidfile="),
        environment=CELERY,
    )


def workers(send_slots: int) -> tuple[Spec, ...]:
    return (
        worker("send", send_slots),
        worker("clock", CLOCK_SLOTS),
        worker("work", WORK_SLOTS),
        beat(),
    )
