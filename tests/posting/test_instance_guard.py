"""A database that was restored or copied sends nothing until a person has adopted it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from monitoring.preflight import machine_faults
from organisation import memory
from organisation.clock import database_now
from organisation.models import AuditEntry, Instance, Mail, Notice, Switch
from platforms.pausing import NotAdopted, start_publishing, stop_publishing
from posting import instance_guard
from posting.claiming import claim_next
from posting.models import FollowUp, Post, PublishStep
from posting.states import Status
from tests.factories import BrandFactory, MailFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db


def due(**more):
    return PostFactory(scheduled=True, **more)


def sent(post):
    """The trace of a request that left."""
    return PublishStep.objects.create(
        post=post, key="post", kind="once", state="done", lease_token=1, started_at=database_now()
    )


def doubt():
    return instance_guard.check(database_now())


def state_of(post):
    post.refresh_from_db()
    return post.status


def test_an_ordinary_database_is_not_doubted_and_the_machine_learns_its_journal():
    step = sent(PostFactory())
    assert doubt() == ""
    assert memory.recall() == (str(Instance.objects.get().uuid), step.pk)
    assert not Switch.objects.exists()


def test_a_database_behind_what_this_machine_saw_publishes_nothing():
    post = due()
    doubt()
    memory.remember(1_000_000)
    assert "older than what this machine has seen" in doubt()
    assert claim_next("worker") is None
    assert state_of(post) == Status.SCHEDULED
    assert Notice.objects.open().get(fault="instance").sentence == Instance.objects.get().doubt


def test_it_is_told_once_however_many_processes_notice():
    due()
    doubt()
    memory.remember(1_000_000)
    assert [bool(doubt()) for _ in range(3)] == [True] * 3
    assert Notice.objects.filter(fault="instance").count() == 1
    assert AuditEntry.objects.filter(actor="instance guard").count() == 1


def test_mails_that_a_copy_still_has_to_send_may_have_left_and_are_dropped():
    PostFactory()
    waiting, sent_before = MailFactory(), MailFactory(state=Mail.State.SENT, sent_at=database_now())
    Instance.objects.update(home={"database": "another cluster", "path": "x", "inode": "-1"})
    assert doubt()
    states = dict(Mail.objects.values_list("pk", "state"))
    assert states[waiting.pk] == Mail.State.DROPPED
    assert states[sent_before.pk] == Mail.State.SENT


def test_a_copy_elsewhere_publishes_nothing_even_on_a_machine_without_memory():
    due()
    Instance.objects.update(home={"database": "another cluster", "path": "x", "inode": "-1"})
    assert "is a copy, or was moved" in doubt()
    assert claim_next("worker") is None


def test_a_moved_database_without_posts_is_simply_at_home_there():
    Instance.objects.update(home={"path": "elsewhere", "inode": "-1"})
    assert doubt() == ""
    due()
    assert doubt() == ""


def test_a_machine_without_memory_joins_an_adopted_database():
    due()
    assert doubt() == ""
    assert claim_next("worker") is not None


def test_a_machine_of_another_installation_does_not_start():
    sent(PostFactory())
    memory.belong("0b8e8a9c-0000-4000-8000-000000000000", 5)
    (sentence,) = machine_faults()
    assert "has worked for another installation" in sentence


def test_a_machine_whose_old_data_was_thrown_away_starts_afresh():
    memory.belong("0b8e8a9c-0000-4000-8000-000000000000", 5)
    assert machine_faults() == []
    assert doubt() == ""


def test_a_machine_that_slept_through_an_adoption_follows():
    sent(PostFactory())
    doubt()
    memory.remember(1_000_000)
    asleep = memory.recall()
    doubt()
    instance_guard.adopt(database_now(), "a test")
    memory.belong(*asleep)
    assert machine_faults() == []
    assert doubt() == ""


def test_a_folder_that_cannot_be_used_keeps_a_process_from_starting(settings, tmp_path):
    file = tmp_path / "file"
    file.touch()
    settings.STATE_DIR = file / "state"
    (sentence,) = machine_faults()
    assert sentence.startswith("STATE_DIR cannot be used")


def test_a_person_cannot_start_publishing_in_doubt():
    user = UserFactory(is_superuser=True)
    due()
    doubt()
    memory.remember(1_000_000)
    doubt()
    with pytest.raises(NotAdopted, match="adopt_instance"):
        start_publishing(by=user, now=database_now())
    with pytest.raises(CommandError, match="adopt_instance"):
        call_command("start_publishing", by=user.username)
    assert Switch.objects.get().stopped


def in_doubt():
    doubt()
    memory.remember(1_000_000)
    assert doubt()


def test_adoption_asks_about_what_was_due_and_lets_the_rest_go_out():
    past, future = due(), due(due_at=database_now() + timedelta(hours=1))
    in_doubt()
    moved = instance_guard.adopt(database_now(), "a test")
    assert (state_of(past), state_of(future)) == (Status.MISSED, Status.SCHEDULED)
    assert moved.missed == 1
    assert "may be out already" in past.error_sentence
    assert doubt() == ""
    assert not Switch.objects.filter(stopped=True).exists()
    assert not Notice.objects.open().filter(fault="instance").exists()


def test_adoption_makes_unconfirmed_what_a_worker_held_and_ends_its_right_to_it():
    post = due()
    claim = claim_next("worker of the original")
    in_doubt()
    instance_guard.adopt(database_now(), "a test")
    assert state_of(post) == Status.UNCONFIRMED
    assert post.lease_token > claim.token
    assert post.next_look_at <= database_now()


def test_adoption_asks_about_comments_that_may_be_there_already():
    post = PostFactory()
    wake = database_now() - timedelta(minutes=1)
    FollowUp.objects.create(post=post, account=post.account, kind="comment", wake_at=wake)
    FollowUp.objects.create(post=post, account=post.account, kind="delete", wake_at=wake)
    in_doubt()
    instance_guard.adopt(database_now(), "a test")
    states = dict(FollowUp.objects.values_list("kind", "state"))
    assert states == {"comment": "unconfirmed", "delete": "waiting"}


def test_what_a_person_had_stopped_stays_stopped_after_adoption():
    user, brand = UserFactory(is_superuser=True), BrandFactory()
    due()
    stop_publishing(by=user, now=database_now(), reason="Stocktaking")
    stop_publishing(by=user, now=database_now(), brand=brand)
    in_doubt()
    instance_guard.adopt(database_now(), user)
    assert Switch.objects.filter(stopped=True).count() == 2


def test_the_command_asks_and_changes_nothing_when_it_is_not_meant(monkeypatch):
    user, post = UserFactory(is_superuser=True), due()
    in_doubt()
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("adopt_instance", by=user.username)
    assert state_of(post) == Status.SCHEDULED


def test_the_command_says_what_it_did(capsys):
    user = UserFactory(is_superuser=True)
    due()
    in_doubt()
    call_command("adopt_instance", "--yes", by=user.username)
    assert "1 posts that were due became missed" in capsys.readouterr().out
    assert Post.objects.get().status == Status.MISSED


def test_the_command_is_for_those_who_may_stop_everything():
    user = UserFactory()
    with pytest.raises(CommandError, match="may not"):
        call_command("adopt_instance", "--yes", by=user.username)
