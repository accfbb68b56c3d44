"""Who did what is written with the act, and never changed."""

import pytest
from django.db import transaction
from django.db.models import ProtectedError

from organisation.audit import record
from organisation.models import AuditEntry
from tests.factories import BrandFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_what():
    person, brand = UserFactory(), BrandFactory()
    entry = record("rename", "Mairi renamed it.", by=person, subject=brand, brand=brand)
    assert (entry.user, entry.actor, entry.brand) == (person, str(person), brand)
    assert (entry.subject_type, entry.subject_id) == ("organisation.brand", brand.pk)


def test_a_command_has_a_name_and_no_person():
    entry = record("import", "It came in.", by="load_demo")
    assert (entry.user, entry.actor, entry.subject_type) == (None, "load_demo", "")


def test_an_entry_is_never_changed_or_deleted():
    entry = record("rename", "It was renamed.", by="a command")
    entry.sentence = "It was not."
    with pytest.raises(TypeError, match="never changed"):
        entry.save()
    with pytest.raises(TypeError, match="never deleted"):
        entry.delete()
    assert AuditEntry.objects.get().sentence == "It was renamed."


def test_an_act_that_is_undone_leaves_no_entry():
    with transaction.atomic():
        record("rename", "It was renamed.", by="a command")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_a_person_who_acted_cannot_be_deleted():
    person = UserFactory()
    record("rename", "It was renamed.", by=person)
    with pytest.raises(ProtectedError):
        person.delete()
