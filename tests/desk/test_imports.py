"""Pages on which tables are brought in: chosen, their columns named, checked, confirmed, undone."""

import csv
import io
import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from content.models import Piece
from posting.models import Post
from posting.states import Status
from scheduling.importing import bringing, working
from scheduling.models import Import
from tests.factories import AccountFactory, ImportFactory, LabelFactory, PieceFactory, PostFactory

IMPORTS = reverse("desk:imports")
YEAR = timezone.now().year + 1
TABLE = f"text,account,time\nPeat smoke,New York,{YEAR}-06-01 09:30\nJust a piece,,\n"


@pytest.fixture
def mairi(client, people, data_dir):
    client.force_login(people.mairi)
    return people.mairi


@pytest.fixture
def account(people):
    return AccountFactory(brand=people.brand, timezone="America/New_York", name="New York")


def bring(client, people, table=TABLE, name="posts.csv", **said):
    data = table.encode() if isinstance(table, str) else table
    upload = SimpleUploadedFile(name, data, content_type="text/csv")
    said = {"brand": people.brand.pk, "key": uuid.uuid4(), "file": upload} | said
    return client.post(IMPORTS, said)


def brought(client, people, table=TABLE):
    answer = bring(client, people, table)
    assert answer.status_code == 302, answer.content.decode()
    return answer.url


def press(client, address, slug, **said):
    imported = client.get(address).context["imported"]
    if slug == "check":
        columns = imported.reading["columns"]
        said = {f"column-{place}": name for place, name in enumerate(columns)} | said
    said = {"version": imported.version, "digest": imported.digest} | said
    return client.post(f"{address}/{slug}", said, follow=True).content.decode()


def test_a_table_is_brought_looked_at_confirmed_and_undone(client, people, mairi, account):
    address = brought(client, people)
    page = client.get(address).content.decode()
    assert "What the columns hold" in page
    assert "UTF-8; columns parted by commas" in page
    page = press(client, address, "check")
    assert "2 pieces and 1 post" in page
    assert "Nothing is imported yet" in page
    assert f"{YEAR}-06-01 09:30" in page
    assert not Piece.objects.exists()
    page = press(client, address, "confirm")
    assert "2 pieces and 1 post out of posts.csv" in page
    assert Post.objects.get().status == Status.SCHEDULED
    page = press(client, address, "undo")
    assert "Taken back: 1 post cancelled, 2 pieces put into the archive." in page
    assert "It was undone already" in press(client, address, "undo")


def test_the_same_form_twice_brings_one_file(client, people, mairi):
    key = uuid.uuid4()
    addresses = {bring(client, people, key=key).url for _ in range(2)}
    assert len(addresses) == 1
    assert Import.objects.count() == 1
    assert len(default_storage.listdir("imports")[1]) == 1


def test_what_is_no_table_is_refused_and_not_kept(client, people, mairi):
    answer = bring(client, people, "<!doctype html><html>", name="posts.csv")
    assert answer.status_code == 422
    assert "This is a web page or XML" in answer.content.decode()
    assert not Import.objects.exists()
    assert "No file came with it" in client.post(
        IMPORTS, {"brand": people.brand.pk, "key": uuid.uuid4()}).content.decode()  # fmt: skip


def test_bad_rows_are_named_and_left_out_when_asked(client, people, mairi, account):
    address = brought(client, people, TABLE + "Bad,Nobody,\n")
    page = press(client, address, "check")
    assert "Row 4" in page
    assert "has no account “Nobody”" in page
    page = press(client, address, "confirm")
    assert "Some rows cannot be imported" in page
    assert not Piece.objects.exists()
    assert "1 row was left out" in press(client, address, "confirm", without_bad="1")
    assert Piece.objects.count() == 2


def test_two_windows_do_not_change_each_others_columns(client, people, mairi, account):
    address = brought(client, people)
    press(client, address, "check")
    stale = client.post(f"{address}/columns", {"version": 1}, follow=True).content.decode()
    assert "in another window" in stale
    assert "What the columns hold" in press(client, address, "columns")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"column-0": ""}, "nothing to import"),
        ({"column-1": "text"}, "Two columns are read as “text”"),
        ({"column-1": "password"}, "nothing that a column can hold"),
        ({"zone": "Mars/Olympus"}, "not a time zone"),
        ({"version": "99"}, "in another window"),
    ],
)
def test_columns_that_make_no_sense_are_refused(client, people, mairi, said, words):
    address = brought(client, people)
    assert words in press(client, address, "check", **said)
    assert Import.objects.get().state == "columns"


def test_a_large_file_waits_for_a_worker_and_says_how_far_it_is(
    client, people, mairi, account, monkeypatch
):
    monkeypatch.setattr(working, "AT_ONCE", 10)
    address = brought(client, people)
    page = press(client, address, "check")
    assert "Waits for a worker" in page
    assert 'hx-trigger="every 2s"' in page
    Import.objects.update(read=200, rows=400)
    live = client.get(f"{address}/live").content.decode()
    assert "200 of 400 rows read" in live
    working.work_on_all(timezone.now())
    live = client.get(f"{address}/live").content.decode()
    assert "hx-trigger" not in live
    assert "2 pieces and 1 post" in live
    assert "Waits for a worker" in press(client, address, "confirm")
    working.work_on_all(timezone.now())
    assert Piece.objects.count() == 2


def test_a_discarded_and_an_expired_file_are_deleted(client, people, mairi):
    first = brought(client, people)
    brought(client, people)
    assert "The file is thrown away" in press(client, first, "discard")
    assert len(default_storage.listdir("imports")[1]) == 1
    Import.objects.update(expires_at=timezone.now())
    assert bringing.forget_expired(timezone.now()) == 1
    assert default_storage.listdir("imports")[1] == []


def test_the_very_same_file_is_noticed(client, people, mairi, account):
    first = brought(client, people)
    press(client, first, "check")
    press(client, first, "confirm")
    page = press(client, brought(client, people), "check")
    assert "The very same file was imported" in page


def test_who_only_looks_cannot_import(client, people, mairi):
    table = ImportFactory(brand=people.brand)
    client.force_login(people.isla)
    assert client.get(reverse("desk:import", args=[table.pk])).status_code == 404
    assert bring(client, people).status_code == 404


def test_an_author_is_told_what_to_do_about_times(client, people, mairi, account):
    client.force_login(people.ewan)
    address = brought(client, people)
    page = press(client, address, "check")
    assert "does not include scheduling" in page
    assert "does not include scheduling" in press(client, address, "confirm")
    press(client, address, "columns")
    press(client, address, "check", for_approval="1")
    press(client, address, "confirm")
    assert Post.objects.get().holds


def test_pages_of_imports_ask_the_same_however_many_there_are(client, people, mairi, account):
    def queries(address):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    address = brought(client, people)
    press(client, address, "check")
    queries(IMPORTS)
    few, one = queries(IMPORTS), queries(address)
    for _ in range(12):
        ImportFactory(brand=people.brand)
        AccountFactory(brand=people.brand)
    assert (queries(IMPORTS), queries(address)) == (few, one)


def test_export_writes_what_the_filters_show_and_nothing_of_others(client, people, mairi, account):
    PieceFactory(brand=people.brand, title="Peat", text="Peat smoke")
    PieceFactory(brand=people.brand, title="Wool", text="Wool")
    PieceFactory(text="Somebody else's")
    PostFactory(
        account=account, scheduled=True, piece=PieceFactory(brand=people.brand, title="X", text="X")
    )
    PostFactory(scheduled=True)

    def rows(address):
        answer = client.get(address)
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    pieces = reverse("desk:export_pieces")
    assert [row["title"] for row in rows(pieces)] == ["Peat", "Wool", "X"]
    assert [row["title"] for row in rows(f"{pieces}?q=smoke")] == ["Peat"]
    posts = reverse("desk:export_posts", args=["queue"])
    assert [(row["text"], row["account"], row["state"]) for row in rows(posts)] == [
        ("X", "New York", "Scheduled")]  # fmt: skip
    assert rows(f"{posts}?status=ready") == []
    assert client.get(reverse("desk:export_posts", args=["nothing"])).status_code == 404


def test_lists_lead_to_import_and_export(client, people, mairi):
    LabelFactory(brand=people.brand)
    page = client.get(reverse("desk:ready_pieces"), {"q": "peat"}).content.decode()
    assert IMPORTS in page
    assert f"{reverse('desk:export_pieces')}?q=peat" in page
    for name, kind in (("posting_hub", "queue"), ("schedule_queue", "going")):
        page = client.get(reverse(f"desk:{name}")).content.decode()
        assert reverse("desk:export_posts", args=[kind]) in page
