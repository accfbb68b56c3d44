"""docs/data-model.md names every table that is there, and every column the plan asked for."""

import re
from collections.abc import Iterator

from django.apps import apps

from posting.models import PostAttempt
from posting.states import Status
from tests.processes import ROOT

TEXT = (ROOT / "docs" / "data-model.md").read_text()
OURS = ("organisation", "platforms", "content", "posting", "analytics", "scheduling", "monitoring")
PLAN = {
    "scheduled_posts": "id piece_id platform_id channel_type_id scheduled_time timezone status "
    "created_at updated_at",
    "post_attempts": "id piece_id platform_id attempt_number status error_message posted_at "
    "created_at",
    "platform_credentials": "id platform_id credential_type credential_value is_active created_at "
    "updated_at",
}


def rows_below(heading: str) -> Iterator[list[str]]:
    """The cells of each row of the tables between this heading and the next."""
    part = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    for line in part.splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def columns_there() -> dict[str, set[str]]:
    models = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    return {m._meta.db_table: {str(field.column) for field in m._meta.fields} for m in models}


def test_every_table_is_named_and_no_other():
    assert {names(row[0])[0] for row in rows_below("Tables")} == set(columns_there())


def test_every_state_is_explained():
    assert [names(row[0])[0] for row in rows_below("States of a post")] == list(Status.values)


def test_every_column_of_the_plan_has_a_place():
    asked = {f"{table}.{column}" for table, listed in PLAN.items() for column in listed.split()}
    mapped = {names(row[0])[0] for row in rows_below("The plan's columns")} - {"pending"}
    assert mapped == asked


def test_every_column_that_the_map_names_is_there():
    there = columns_there()
    for row in rows_below("The plan's columns"):
        for name in names(row[1]) + names(row[2]):
            table, dot, column = name.partition(".")
            if dot:
                assert column in there[table], f"{name} is not there"


def test_the_defaults_the_plan_asked_for_are_kept():
    fields = {field.column: field for field in PostAttempt._meta.fields}
    assert fields["attempt_number"].default == 1
    credential = apps.get_model("platforms", "PlatformCredential")
    assert credential._meta.get_field("is_active").default is True


def test_the_status_map_leads_to_states_that_are_there():
    statuses = [row for row in rows_below("The plan's columns") if names(row[0]) == ["pending"]]
    assert {names(row[1])[0] for row in statuses} == {Status.READY, Status.SCHEDULED}


def test_the_outcomes_of_attempts_are_all_named():
    [row] = [r for r in rows_below("The plan's columns") if r[0] == "`post_attempts.status`"]
    assert set(names(row[2])) == set(PostAttempt.Outcome.values)
