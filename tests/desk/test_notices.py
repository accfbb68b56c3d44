"""The page of notices: who sees what, where each leads, and the switch of one's own mails."""

import pytest
from django.urls import reverse
from django.utils import timezone

from organisation.models import AuditEntry, Notice
from organisation.notices import open_notice, resolve_notice
from tests.factories import (
    AccountFactory,
    HeartbeatFactory,
    MailFactory,
    NoticeFactory,
    PostFactory,
    UserFactory,
)

PAGE, MAIL = reverse("desk:notices"), reverse("desk:notice_mail")


@pytest.fixture
def post(people):
    return PostFactory(account=AccountFactory(brand=people.brand), failed=True)


def shown(client, person, **asked):
    client.force_login(person)
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def way(notice):
    return reverse("desk:notice", args=[notice.pk])


def test_a_stranger_is_asked_to_sign_in(client, people):
    notice = NoticeFactory(brand=people.brand)
    for address in (PAGE, way(notice)):
        assert client.get(address).url.startswith(reverse("desk:sign_in"))
    assert client.post(MAIL).url.startswith(reverse("desk:sign_in"))


def test_people_of_other_brands_see_nothing_of_it(client, people):
    notice = NoticeFactory(brand=people.brand, sentence="The loom stands still.")
    for person, sees in ((people.mairi, True), (people.ewan, True), (people.isla, False)):
        assert ("The loom stands still." in shown(client, person)) == sees
        assert client.get(way(notice)).status_code == (302 if sees else 404)


def test_what_is_about_everybody_is_seen_by_everybody(client, people):
    open_notice("publishing", "Nothing is publishing: no beat is alive.")
    for person in (people.mairi, people.isla):
        assert "no beat is alive" in shown(client, person)


def test_open_ones_stand_first_and_those_that_are_over_apart(client, people):
    open_notice("failed:1", "The first was refused.", brand=people.brand)
    open_notice("failed:2", "The second was refused.", brand=people.brand)
    resolve_notice("failed:1", timezone.now(), "Mairi asked to try it again.")
    page, over = shown(client, people.mairi), shown(client, people.mairi, over=1)
    assert "The second was refused." in page
    assert "The first was refused." not in page
    assert "Mairi asked to try it again." in over
    assert "The second was refused." not in over


def test_each_leads_to_its_post(client, people, post):
    notice = NoticeFactory(brand=people.brand, fault=f"failed:{post.pk}")
    address = reverse("desk:post", args=[post.pk])
    assert f'href="{address}"' in shown(client, people.ewan)
    assert client.get(way(notice)).url == address


def test_an_account_and_its_token_open_the_page_of_the_account(client, people):
    account = AccountFactory(brand=people.brand)
    notice = NoticeFactory(brand=people.brand, fault=f"account:{account.pk}")
    client.force_login(people.mairi)
    expected = reverse("desk:account", args=[account.pk])
    assert client.get(way(notice)).url == expected
    ending = NoticeFactory(brand=people.brand, fault=f"token:{account.pk}")
    assert client.get(way(ending)).url == expected


def test_a_notice_about_a_post_that_is_gone_has_no_button(client, people):
    NoticeFactory(brand=people.brand, fault="failed:987654", sentence="It was refused.")
    page = shown(client, people.mairi)
    assert "It was refused." in page
    assert "987654" not in page


@pytest.mark.parametrize("fault", ["", "nonsense", "failed:", "failed:x", "account:-1", ":::"])
def test_a_fault_that_names_no_row_is_shown_all_the_same(client, people, fault):
    notice = NoticeFactory(brand=people.brand, fault=fault, sentence="Something happened.")
    assert "Something happened." in shown(client, people.mairi)
    assert client.get(way(notice)).url == PAGE


def test_words_are_shown_as_words(client, people):
    NoticeFactory(brand=people.brand, sentence="<script>alert(1)</script>")
    assert "<script>alert" not in shown(client, people.mairi)


def test_the_empty_page_says_what_belongs_here(client, people):
    assert "Nothing is wrong" in shown(client, people.mairi)
    assert "Nothing is over yet" in shown(client, people.mairi, over=1)


def test_pages_go_on_below_the_last_row(client, people):
    made = NoticeFactory.create_batch(70, brand=people.brand)
    first = shown(client, people.mairi)
    assert first.count('id="notice-') == 50
    last = made[-50].pk
    assert f"?before={last}" in first
    second = shown(client, people.mairi, before=last)
    assert second.count('id="notice-') == 20
    assert "Older notices" not in second
    assert "None is older" in shown(client, people.mairi, before=made[0].pk)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "²", ""])
def test_a_page_that_is_none_is_the_first(client, people, before):
    NoticeFactory(brand=people.brand, sentence="Something happened.")
    assert "Something happened." in shown(client, people.mairi, before=before)


def test_the_bell_counts_what_is_open_on_every_page(client, people):
    NoticeFactory.create_batch(3, brand=people.brand)
    NoticeFactory()
    client.force_login(people.mairi)
    page = client.get(reverse("desk:home")).content.decode()
    assert '<span class="num">3<span class="visually-hidden"> open notices' in page


def test_one_number_of_questions_however_many_notices(
    client, people, post, settings, django_assert_max_num_queries
):
    settings.MAIL_IS_SET_UP = True
    counts = []
    for number in (1, 40):
        NoticeFactory.create_batch(number, brand=people.brand)
        open_notice(f"failed:{post.pk}", "Refused.", brand=people.brand)
        shown(client, people.mairi)
        with django_assert_max_num_queries(16) as seen:
            client.get(PAGE)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_everybody_switches_their_own_mails(client, people, settings):
    settings.MAIL_IS_SET_UP = True
    assert "Stop mailing me" in shown(client, people.mairi)
    client.post(MAIL, {"wanted": "no"})
    people.mairi.refresh_from_db()
    assert not people.mairi.notice_mail
    assert AuditEntry.objects.get().sentence == "Mairi Fraser does not want notices by mail."
    assert "Mail me too" in shown(client, people.mairi)
    client.post(MAIL, {"wanted": "yes"})
    people.mairi.refresh_from_db()
    assert people.mairi.notice_mail
    people.ewan.refresh_from_db()
    assert people.ewan.notice_mail
    assert client.get(MAIL).status_code == 405


def test_the_page_says_when_nothing_is_mailed_and_why(client, people, settings):
    assert "no mail server yet" in shown(client, people.mairi)
    settings.MAIL_IS_SET_UP = True
    assert "No work worker is alive" in shown(client, people.mairi)
    HeartbeatFactory(kind="work")
    assert "No work worker is alive" not in shown(client, people.mairi)
    unknown = UserFactory(email="")
    assert "your account has no e-mail address" in shown(client, unknown)


def test_a_mail_that_could_not_leave_is_told_to_whom_it_is_for(client, people, settings):
    settings.MAIL_IS_SET_UP = True
    MailFactory(person=people.mairi, attempts=2, error="Connection refused")
    assert "Connection refused" in shown(client, people.mairi)
    assert "Connection refused" not in shown(client, people.ewan)


def test_looking_changes_nothing(client, people):
    notice = NoticeFactory(brand=people.brand)
    shown(client, people.mairi)
    client.get(way(notice))
    assert Notice.objects.open().get() == notice
