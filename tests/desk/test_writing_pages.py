"""Create piece, steps 3 to 5: what is chosen, the pieces as they appear, the prompts."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from content.models import Piece, PromptTemplate, WritingItem, WritingRun
from content.writers.working import write_next
from organisation.models import AuditEntry, Role
from platforms.models import ChannelType
from tests.desk.walking import page_of
from tests.factories import AccountFactory, HeartbeatFactory, MembershipFactory
from tests.llm_server import says
from tests.writing.conftest import endpoint_of, model  # noqa: F401
from tests.writing.made import run_of, source_with, states, target

pytestmark = pytest.mark.django_db(transaction=True)
State = WritingItem.State


@pytest.fixture
def source(data_dir):
    return source_with()


@pytest.fixture
def author(client, source):
    person = MembershipFactory(brand=source.brand, role=Role.AUTHOR).user
    client.force_login(person)
    HeartbeatFactory(kind="work", process="host:work")
    return person


def form_of(source, *targets, **more):
    keys = [f"{account.pk}-{kind.pk}" for account, kind in targets]
    sections = list(source.sections.values_list("pk", flat=True))
    return {"key": str(uuid.uuid4()), "section": sections, "to": keys, "tone": "warm"} | more


def address(source):
    return reverse("desk:write", args=[source.pk])


def test_a_run_from_the_form_to_the_drafts_and_the_composer(client, author, source):
    one = target(source, "mastodon")
    page = client.get(f"{address(source)}?section={source.sections.get(position=2).pk}")
    text = page_of(page)
    assert "1 of 2 chosen" in text
    assert "The offline writer" in text
    assert "LLM_BASE_URL" in text
    answer = client.post(address(source), form_of(source, one))
    run = WritingRun.objects.get()
    assert answer.url == reverse("desk:writing", args=[run.pk])
    assert (run.tone, run.writer, run.by) == ("warm", "offline", author)
    page = client.get(answer.url)
    assert "0 of 2 pieces written" in page_of(page)
    assert "every 2s" in page.content.decode()
    while write_next():
        pass
    page = client.get(answer.url)
    text = page_of(page)
    assert "2 of 2 pieces written" in text
    assert "Written by the offline writer" in text
    assert "For almost four hundred years" in text
    assert "every 2s" not in page.content.decode()
    drafts = client.get(f"{reverse('desk:ready_pieces')}?status=draft")
    assert "A feast the Kirk could not stop" in page_of(drafts)
    first = page.content.decode().partition('id="open-')[2]
    [opened, *_] = re.findall(r'href="([^"]*compose[?][^"]*)"', first)
    composer = client.get(opened.replace("&amp;", "&"), follow=True)
    assert composer.status_code == 200
    assert "For almost four hundred years" in composer.content.decode()
    assert f"{one[0].pk}/status" in re.findall(
        r'name="to" value="([^"]+)"[^>]* checked', composer.content.decode()
    )


def test_a_form_that_is_sent_twice_makes_one_run(client, author, source):
    form = form_of(source, target(source))
    first, second = client.post(address(source), form), client.post(address(source), form)
    assert first.url == second.url
    assert WritingRun.objects.count() == 1


def test_what_was_not_chosen_is_said_and_the_rest_of_the_form_stays(client, author, source):
    one = target(source)
    answer = client.post(address(source), form_of(source, one, section=[]))
    assert answer.status_code == 422
    assert "No section was chosen" in page_of(answer)
    assert f'value="{one[0].pk}-{one[1].pk}" checked' in answer.content.decode()
    answer = client.post(address(source), form_of(source, to=["x", "9-9", "²"]))
    assert answer.status_code == 422
    assert "No channel that shows text was chosen" in page_of(answer)
    assert not WritingRun.objects.exists()


def test_what_has_a_piece_is_not_written_again_unless_asked(client, author, source):
    one = target(source)
    client.post(address(source), form_of(source, one))
    while write_next():
        pass
    page = client.get(address(source))
    assert "has pieces for" in page_of(page)
    assert "0 of 2 chosen" in page_of(page)
    assert "Written before" in page_of(page)
    assert f'value="{one[0].pk}-{one[1].pk}" checked' in page.content.decode()  # as the last time
    answer = client.post(address(source), form_of(source, one))
    assert answer.status_code == 422
    assert "already" in page_of(answer)
    assert client.post(address(source), form_of(source, one, again="yes")).status_code == 302


def test_accounts_of_other_brands_and_those_without_text_are_no_choice(client, author, source):
    other = target(source_with())
    story = target(source, "facebook", "story")
    page = client.get(address(source)).content.decode()
    assert other[0].name not in page
    assert f'value="{story[0].pk}-{story[1].pk}"' not in page
    assert "show no text" in page
    assert client.post(address(source), form_of(source, other, story)).status_code == 422


def test_a_brand_without_accounts_is_told_what_to_do(client, author, source):
    page = client.get(address(source))
    assert "has no account yet" in page_of(page)


def test_with_a_model_the_page_says_who_writes_where_and_what_it_costs(
    client,
    author,
    source,
    model,  # noqa: F811
    endpoint_of,  # noqa: F811
):
    one = target(source)
    text = page_of(client.get(address(source)))
    assert "llama3.1:8b , on your own server at 127.0.0.1:" in text
    assert re.search(r"About \$0\.00\d\d for each piece", text)
    client.post(address(source), form_of(source, one))
    run = WritingRun.objects.get()
    assert run.writer == "model"
    model.answers = [says("Short."), says("The first. " * 400), says("The second. " * 60)]
    while write_next():
        pass
    text = page_of(client.get(reverse("desk:writing", args=[run.pk])))
    assert "Written by llama3.1:8b on your own server at 127.0.0.1:" in text
    assert "40 tokens an answer" in text
    assert re.search(r"\$0\.\d{4} until now", text)
    assert re.search(r"\d+ over", text)
    assert "Shorten it by" in text
    piece = Piece.objects.order_by("pk").first()
    text = page_of(client.get(reverse("desk:piece", args=[piece.pk])))
    assert "Written by llama3.1:8b" in text
    assert "120 tokens read, 40 written" in text
    assert "You write posts for social media." in text
    assert "About" in page_of(client.get(address(source)))


def test_stop_and_try_again(client, author, source):
    run = run_of(source, by=author)
    here = reverse("desk:writing", args=[run.pk])
    assert write_next()
    page = client.post(f"{here}/stop", follow=True)
    assert "1 piece is not begun" in page_of(page)
    assert "Not begun" in page_of(page)
    assert states(run) == [State.WRITTEN, State.STOPPED]
    stopped = run.items.get(position=2)
    page = client.post(f"{here}/retry", {"item": stopped.pk}, follow=True)
    assert "1 piece will be written" in page_of(page)
    assert client.post(f"{here}/retry", {"item": 99_999}).status_code == 404
    assert client.post(f"{here}/dance").status_code == 404
    while write_next():
        pass
    assert states(run) == [State.WRITTEN] * 2
    assert "nothing left to stop" in page_of(client.post(f"{here}/stop", follow=True))


def test_a_failed_piece_says_why_and_the_offline_writer_can_take_over(
    client,
    author,
    source,
    model,  # noqa: F811
    endpoint_of,  # noqa: F811
):
    run = run_of(source, by=author)
    model.key = "another"
    assert write_next()
    here = reverse("desk:writing", args=[run.pk])
    text = page_of(client.get(here))
    assert "refused the key" in text
    assert "Not begun." in text
    assert "sk-only-for-tests" not in text
    client.post(f"{here}/offline")
    while write_next():
        pass
    assert states(run) == [State.WRITTEN] * 2


def test_the_moving_part_answers_304_while_nothing_changed(client, author, source):
    run = run_of(source, by=author)
    here = reverse("desk:writing_live", args=[run.pk])
    first = client.get(here)
    assert first.status_code == 200
    assert client.get(here, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    assert write_next()
    assert client.get(here, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_nobody_to_write_is_said(client, author, source):
    from organisation.models import Heartbeat

    Heartbeat.objects.all().delete()
    run = run_of(source, by=author)
    assert "No work worker is running" in page_of(
        client.get(reverse("desk:writing", args=[run.pk]))
    )


def test_what_an_article_says_is_shown_as_text(client, author, data_dir):
    source = source_with(
        ("<b>Bold</b> {{ x }}", "<script>alert(1)</script> Peat is peat."), title="<i>Why</i>"
    )
    MembershipFactory(brand=source.brand, user=author, role=Role.AUTHOR)
    run = run_of(source, by=author)
    while write_next():
        pass
    for page in (address(source), reverse("desk:writing", args=[run.pk])):
        shown = client.get(page).content.decode()
        assert "<b>Bold" not in shown
        assert "<i>Why" not in shown
        assert "alert(1)" not in shown.replace("&lt;script&gt;alert(1)", "")


def queries_of(client, url):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_a_long_run_takes_as_many_queries_as_a_short_one(client, author, source):
    short = run_of(source, by=author)
    long_source = source_with(
        *((f"Part {n}", f"Peat smoke {n}. It is so.") for n in range(20)), brand=source.brand
    )
    long = run_of(long_source, target(long_source), target(long_source, "twitter"), by=author)
    while write_next():
        pass
    counts = []
    for run in (short, long):
        url = reverse("desk:writing", args=[run.pk])
        client.get(url)
        counts.append(queries_of(client, url))
    assert counts[0] == counts[1]
    few, many = (queries_of(client, address(one)) for one in (source, long_source))
    assert few == many


# --- drafts --------------------------------------------------------------------------------------


def test_a_draft_becomes_ready_on_its_page_and_is_no_choice_before(client, author, source):
    run = run_of(source, by=author)
    assert write_next()
    piece = run.items.get(position=1).piece
    ready = reverse("desk:ready_pieces")
    assert str(piece) not in page_of(client.get(ready))
    drafts = client.get(f"{ready}?status=draft")
    assert str(piece) in page_of(drafts)
    assert "Choose channels" not in page_of(drafts)
    page = client.post(reverse("desk:piece_act", args=[piece.pk, "ready"]), follow=True)
    assert "is ready" in page_of(page)
    assert str(piece) in page_of(client.get(ready))
    assert AuditEntry.objects.filter(verb="make ready").count() == 1
    again = client.post(reverse("desk:piece_act", args=[piece.pk, "ready"]), follow=True)
    assert "no draft any more" in page_of(again)


def test_no_draft_is_said_so(client, author):
    page = client.get(f"{reverse('desk:ready_pieces')}?status=draft")
    assert "There is no draft" in page_of(page)


# --- prompts -------------------------------------------------------------------------------------


@pytest.fixture
def editor(client, source):
    person = MembershipFactory(brand=source.brand, role=Role.EDITOR).user
    client.force_login(person)
    return person


@pytest.fixture
def kind(source):
    AccountFactory(brand=source.brand, platform="twitter")
    return ChannelType.objects.get(platform__slug="twitter", slug="tweet")


def prompt_of(source, kind):
    return reverse("desk:prompt", args=[source.brand_id, kind.pk])


def test_a_prompt_is_changed_previewed_versioned_and_taken_back(client, editor, source, kind):
    here = prompt_of(source, kind)
    text = "For {platform}: about {section}, {tone}, at most {limit} {unit}. {{Peat}}"
    looked = client.post(here, {"text": text, "act": "look", "number": 0})
    shown = page_of(looked)
    assert "For X: about the section in the material, plain, at most 234 characters" in shown
    assert "{Peat}" in shown
    assert "A feast the Kirk could not stop" in shown
    assert not PromptTemplate.objects.exists()
    assert client.post(here, {"text": text, "act": "save", "number": 0}).status_code == 302
    saved = PromptTemplate.objects.get()
    assert (saved.text, saved.number, saved.by) == (text, 1, editor)
    assert "Your own" in page_of(client.get(reverse("desk:prompts")))
    late = client.post(here, {"text": "Mine", "act": "save", "number": 0})
    assert late.status_code == 422
    assert "Somebody else saved" in page_of(late)
    assert "Mine" in late.content.decode()
    client.post(here, {"text": "x", "act": "original", "number": 1})
    assert PromptTemplate.objects.first().text == ""
    assert text in client.get(f"{here}?version=1").content.decode().replace("&#x27;", "'")
    assert AuditEntry.objects.filter(verb="change prompt").count() == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{secret}", "{secret} is no variable"),
        ("{title.__class__}", "is no variable"),
        ("{title!r}", "is no variable"),
        ("{limit:>9}", "is no variable"),
        ("{0}", "is no variable"),
        ("{}", "is no variable"),
        ("{title", "stands alone"),
        ("}", "stands alone"),
        ("x" * 4_001, "4,001 characters"),
        ("half a pair \ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), ""),
    ],
)
def test_a_prompt_that_cannot_be_filled_in_is_refused_with_the_way_out(
    client, editor, source, kind, text, told
):
    answer = client.post(prompt_of(source, kind), {"text": text, "act": "save", "number": 0})
    if not told:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert told in page_of(answer)
    assert not PromptTemplate.objects.exists()


def test_an_author_sees_a_prompt_and_cannot_change_it(client, author, source, kind):
    page = client.get(prompt_of(source, kind))
    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()
    refused = client.post(prompt_of(source, kind), {"text": "x", "act": "save"})
    assert refused.status_code == 403


def test_the_list_of_prompts_takes_as_many_queries_with_many_of_ones_own(
    client, editor, source, kind
):
    url = reverse("desk:prompts")
    PromptTemplate.objects.create(brand=source.brand, channel_type=kind, number=9, text="x")
    client.get(url)
    before = queries_of(client, url)
    for one in ChannelType.objects.all():
        for number in (1, 2, 3):
            PromptTemplate.objects.create(
                brand=source.brand, channel_type=one, number=number, text=f"{number}", by=editor
            )
    assert queries_of(client, url) == before
    assert "version 3" in page_of(client.get(url))
    assert "version 9" in page_of(client.get(url))


def test_every_prompt_that_comes_with_the_product_can_be_filled_in(client, editor, source):
    for one in ChannelType.objects.select_related("platform"):
        page = client.get(prompt_of(source, one))
        assert page.status_code == 200
