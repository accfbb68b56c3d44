"""Yesterday's dump, restored. It knows nothing of what went out since, and may send none of it."""

import time
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from organisation.models import Instance
from posting.models import Post
from tests.crash import evidence
from tests.crash.blows import Scene
from tests.crash.quiet import wait_for_quiet
from tests.processes import wait_until

NOTICED_WITHIN = 60  # seconds
WATCHED = 10  # seconds in which a database that nobody adopted would send, if it did


def sent_again(scene: Scene, dump: Path) -> list[str]:
    """Restore the dump, start, adopt, and return every text that went out after that."""
    before = evidence.copies(scene.sandbox)
    scene.product.stop()
    connections.close_all()
    scene.database.restore(dump)
    due = Post.objects.scheduled().count()
    if not due:
        raise RuntimeError("The dump holds nothing that went out since, so it proves nothing.")
    scene.product.start()
    wait_until(lambda: Instance.objects.get().doubt, NOTICED_WITHIN, "the dump was noticed")
    time.sleep(WATCHED)
    call_command("adopt_instance", "--yes", "--by", "storm", verbosity=0)
    wait_for_quiet()
    again = evidence.copies(scene.sandbox) - before
    print(f"restored a dump with {due} posts that are out since; {len(again)} went out again")
    return sorted(again.elements())
