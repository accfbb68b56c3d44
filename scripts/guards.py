"""The guards that keep a post from going out twice or wrongly, and what catches their absence.

Each is taken out as a careless change would take it out. `scripts/guardtest.py` reads this table.
"""

from typing import NamedTuple


class Edit(NamedTuple):
    """`old` stands exactly once in `file`; `new` is what is left without the guard."""

    file: str
    old: str
    new: str = ""


class Guard(NamedTuple):
    """A guard, how it is taken out, and tests of which at least one must then fail."""

    name: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]


JOURNAL, CLAIM = "posting/journal.py", "posting/claiming.py"
STEPS = "tests/posting/test_journal_steps.py"
INSTAGRAM = "tests/platforms/test_instagram.py"
LATE_WORK = "tests/scheduling/test_late_work.py"
AT_X = "tests/platforms/test_twitter_at_the_sandbox.py"
BLUESKY, AT_BLUESKY = "platforms/adapters/bluesky", "tests/platforms/at_bluesky"
ADAPTER_OF_BLUESKY = "tests/platforms/test_bluesky.py"
RECONCILING = "tests/posting/test_reconciling.py"
THREADS = "tests/platforms/test_mastodon_threads.py"
RECORD = "tests/posting/test_unpublished_by_their_record.py"
BULK = "scheduling/bulk/confirming.py"
BULK_TESTS = "tests/scheduling/test_bulk_confirming.py"
SPENDING, X = "tests/posting/test_spending.py", "tests/engine/test_x.py"
LATE = "tests/posting/test_settling_late.py"
FALLBACK = "tests/posting/test_falling_back.py"
WAITS = "tests/posting/test_claim_waits.py"
CHANGED = "tests/posting/test_claim.py::test_what_changed_while_the_claim_decides_is_not_taken"
IMPORTING = "tests/scheduling/importing/test_importing.py"
WRITING = "tests/writing/test_queue.py"
POLLING = "tests/content/sources/test_polling.py"
RESEND = "known.kind != PublishStep.Kind.KEYED or not same or not inside"

GUARDS = (
    Guard(
        "`started` is committed before a request leaves",
        (Edit(JOURNAL, "        self._begin(self._start, row, is_new, window)\n"),),
        (f"{STEPS}::test_a_started_row_is_there_before_the_request_leaves",),
    ),
    Guard(
        "a step that was started is not sent again",
        (
            Edit(
                JOURNAL,
                'raise OutcomeUnknown("An earlier try was sent and its answer is not known.")',
                "pass",
            ),
        ),
        (f"{STEPS}::test_a_once_step_that_was_started_is_never_sent_again",),
    ),
    Guard(
        "an upload of something else is not used again",
        (
            Edit(
                JOURNAL,
                "            and (request is None or known.request_hash == row.request_hash)\n",
            ),
        ),
        (f"{STEPS}::test_an_upload_of_another_file_is_done_anew",),
    ),
    Guard(
        "a long upload keeps its lease",
        (Edit(JOURNAL, "self.client.keep_going = self._keep_lease", "pass"),),
        (f"{STEPS}::test_a_long_upload_keeps_its_lease",),
    ),
    Guard(
        "no clear answer means nobody knows",
        (
            Edit(
                JOURNAL,
                "raise OutcomeUnknown(error.sentence) from error",
                "raise NotSent(error.sentence) from error",
            ),
        ),
        (f"{STEPS}::test_no_clear_answer_to_what_creates_is_an_unknown_outcome",),
    ),
    Guard(
        "a started step takes the wire",
        (
            Edit(
                JOURNAL, "_guarded_update(now, on_wire=row.key)", '_guarded_update(now, on_wire="")'
            ),
        ),
        (f"{LATE}::test_an_answer_after_the_reaper_still_publishes",),
    ),
    Guard(
        "the reaper stands back from what has taken the wire",
        (Edit("posting/reaping.py", '                "on_wire": post.on_wire,\n'),),
        ("tests/posting/test_reaping.py::test_a_worker_that_wrote_first_keeps_the_row",),
    ),
    Guard(
        "a step begins only within its lease",
        (Edit(JOURNAL, "            lease_until__gt=now,\n"),),
        (f"{STEPS}::test_nothing_is_sent_once_the_lease_has_ended",),
    ),
    Guard(
        "a step begins only with the newest token",
        (
            Edit(
                JOURNAL,
                "            lease_token=self.claim.token,\n            lease_until__gt=now,\n",
                "            lease_until__gt=now,\n",
            ),
        ),
        (f"{STEPS}::test_nothing_is_sent_once_others_have_the_post",),
    ),
    Guard(
        "no first byte leaves after the deadline",
        (Edit("platforms/wire.py", "boottime() >= wire.deadline", "boottime() >= float('inf')"),),
        ("tests/platforms/test_http.py::test_past_the_deadline_no_byte_leaves",),
    ),
    Guard(
        "a key is sent again only with the same request",
        (
            Edit(
                JOURNAL,
                "known.kind != PublishStep.Kind.KEYED or not same or not inside",
                "known.kind != PublishStep.Kind.KEYED or not inside",
            ),
        ),
        (f"{STEPS}::test_an_open_keyed_step_with_other_content_is_not_sent_again",),
    ),
    Guard(
        "a key is sent again only while the platform honours it",
        (
            Edit(
                JOURNAL,
                "known.kind != PublishStep.Kind.KEYED or not same or not inside",
                "known.kind != PublishStep.Kind.KEYED or not same",
            ),
        ),
        (f"{STEPS}::test_an_open_keyed_step_is_not_sent_again_after_its_window",),
    ),
    Guard(
        "an answer settles only the claim it belongs to",
        (
            Edit(
                "posting/settling.py",
                '                guards={"lease_token": claim.token},\n'
                '                values={**values, "attempts": F("attempts") + 1},\n',
                '                values={**values, "attempts": F("attempts") + 1},\n',
            ),
        ),
        (f"{LATE}::test_an_answer_after_another_worker_took_the_post_leaves_it_with_that_one",),
    ),
    Guard(
        "a held post is not claimed",
        (
            Edit(
                "posting/models/post.py",
                "filter(status=Status.SCHEDULED, holds=0, wake_at__lte=now)",
                "filter(status=Status.SCHEDULED, wake_at__lte=now)",
            ),
            Edit(CLAIM, '            "holds": 0,\n'),
        ),
        (f"{WAITS}::test_a_held_post_waits",),
    ),
    Guard(
        "a hold that is set while the claim decides counts",
        (Edit(CLAIM, '            "holds": 0,\n'),),
        (CHANGED,),
    ),
    Guard(
        "words that change while the claim decides are not sent in their old form",
        (
            Edit(
                CLAIM,
                '"version": post.version,\n        },\n        values={\n',
                "},\n        values={\n",
            ),
        ),
        (CHANGED,),
    ),
    Guard(
        "two claims of one post never get one token",
        (Edit(CLAIM, '            "lease_token": post.lease_token,\n'),),
        (CHANGED,),
    ),
    Guard(
        "a stop is looked for under the account's lock",
        (Edit(CLAIM, "if account is None or not may_send(account, now):", "if account is None:"),),
        (
            "tests/posting/test_claim_waits.py::test_a_stop_under_the_lock_counts_although_the_candidates_were_read_before",
        ),
    ),
    Guard(
        "the claim compares what was approved with what it renders",
        (Edit(CLAIM, "not post.irrevocable and not covers(post, rendition, now)", "False"),),
        ("tests/posting/test_approvals.py::test_a_stale_approval_sets_the_flag_and_does_not_send",),
    ),
    Guard(
        "the claim looks whether another account says nearly the same where that is forbidden",
        (Edit(CLAIM, "if why_not := policy.why_not_now(post, now):", "if why_not := '':"),),
        ("tests/posting/test_alike_policy.py",),
    ),
    Guard(
        "what may be out is not sent again in passing",
        (
            Edit(
                "posting/deciding.py",
                "if post.status == Status.UNCONFIRMED or _open_steps(post).exists():",
                "if False:",
            ),
        ),
        (
            "tests/posting/test_deciding.py::test_what_may_be_out_is_not_sent_or_cancelled_in_passing",
        ),
    ),
    Guard(
        "sending again waits until the first request cannot arrive any more",
        (Edit("posting/deciding.py", "if earliest and now < earliest:", "if False:"),),
        ("tests/posting/test_send_again.py::test_it_waits_for_lease_and_settle_time",),
    ),
    Guard(
        "an older database announces nothing",
        (Edit(JOURNAL, "if row.pk <= known:", "if False:"),),
        (
            f"{STEPS}::test_nothing_leaves_when_the_database_is_older_than_what_this_machine_has_seen",
        ),
    ),
    Guard(
        "what is found is not another post of ours",
        (
            Edit(
                "posting/reconciling.py",
                "return not _others_there(post).filter(remote_id=found.remote_id).exists()",
                "return True",
            ),
        ),
        (
            "tests/posting/test_reconciling.py::test_a_twin_of_another_brand_on_the_same_page_is_not_ours",
        ),
    ),
    Guard(
        "one reading of a platform's own record is no proof",
        (
            Edit(
                "posting/reconciling.py",
                "    if isinstance(sighting, Unpublished) and _said_before(post, now):\n",
                "    if isinstance(sighting, Unpublished):\n",
            ),
        ),
        (f"{RECORD}::test_heard_once_it_is_noted_and_nobody_is_asked",),
    ),
    Guard(
        "two readings of a platform's own record lie apart",
        (
            Edit(
                "posting/reconciling.py",
                "    return started.started_at < last.at <= now - BETWEEN_READINGS\n",
                "    return started.started_at < last.at\n",
            ),
        ),
        (f"{RECORD}::test_two_readings_at_the_same_moment_are_one",),
    ),
    Guard(
        "a container that was published is not published again",
        (
            Edit(
                "platforms/adapters/instagram/publishing.py",
                "    if container.published:\n",
                "    if False:\n",
            ),
        ),
        (f"{INSTAGRAM}::test_a_container_that_is_out_already_is_never_published_again",),
    ),
    Guard(
        "what may be out goes out by no other account",
        (
            Edit(
                "posting/falling_back.py",
                "    if steps.exclude(kind=PublishStep.Kind.REPEATABLE).exists():\n",
                "    if False:\n",
            ),
        ),
        (f"{FALLBACK}::test_a_step_that_began_after_the_look_is_seen_under_the_lock",),
    ),
    Guard(
        "a post that somebody changed meanwhile keeps its account",
        (Edit("posting/falling_back.py", "        lease_token=post.lease_token,\n"),),
        (f"{FALLBACK}::test_whoever_changed_it_first_wins",),
    ),
    Guard(
        "what one account uploaded is not kept for another",
        (
            Edit(
                JOURNAL,
                "        elif self._is_still_its_account():\n",
                "        else:\n",
            ),
        ),
        (f"{FALLBACK}::test_an_upload_that_ends_late_for_the_first_account_is_not_kept",),
    ),
    Guard(
        "a post at Bluesky has one key for life, whatever it says by then",
        (Edit(f"{BLUESKY}/publishing.py", "_choose_key, KEY_LIFE", "_choose_key, FRESH * 0"),),
        (f"{ADAPTER_OF_BLUESKY}::TestBluesky::test_another_text_keeps_the_key",),
    ),
    Guard(
        "a record is written only where nothing stands yet",
        (Edit(f"{BLUESKY}/publishing.py", ', "swapRecord": None}', "}"),),
        (
            f"{ADAPTER_OF_BLUESKY}::TestBluesky::test_an_unknown_outcome_is_sent_again_only_with_its_key",
            f"{AT_BLUESKY}/test_publishing.py::test_a_record_written_anew_after_a_lost_answer_is_still_the_same_post",
        ),
    ),
    Guard(
        "several records at Bluesky are looked for before they are written",
        (
            Edit(
                f"{BLUESKY}/publishing.py",
                'if found := _looked_up(repo, act, records[0]["rkey"]):',
                "if found := None:",
            ),
        ),
        (
            f"{AT_BLUESKY}/test_publishing.py::test_each_fault_is_told_apart_and_the_post_is_out_once",
        ),
    ),
    Guard(
        "a post at X is never sent twice after a lost answer",
        (
            Edit(
                "platforms/adapters/twitter/publishing.py",
                "journal.once(step_of(1), send, request=rendition.request)",
                "journal.repeatable(step_of(1), send, request=rendition.request)",
            ),
        ),
        (f"{AT_X}::test_each_fault_is_told_apart_and_sent_once",),
    ),
    Guard(
        "a thread of which a part was found is not taken for the whole",
        (
            Edit(
                "posting/reconciling.py",
                "if found.unfinished:",
                "if found.unfinished and not found:",
            ),
        ),
        ("tests/engine/test_x.py::test_a_thread_goes_on_after_the_part_that_was_found",),
    ),
    Guard(
        "before a key is relied on, the account is looked at",
        (
            Edit(
                "posting/reconciling.py",
                "    elif not (isinstance(sighting, Found) and _took(post, sighting, now)):\n",
                "    else:\n",
            ),
        ),
        (f"{RECONCILING}::test_a_keyed_post_that_is_there_is_published_without_its_key",),
    ),
    Guard(
        "an account that cannot be read is read again before its key is relied on",
        (
            Edit(
                "posting/reconciling.py",
                "    if in_time and isinstance(seen, CannotTell)",
                "    if False and isinstance(seen, CannotTell)",
            ),
        ),
        (f"{RECONCILING}::test_what_cannot_be_read_is_read_again_as_long_as_the_key_lives",),
    ),
    Guard(
        "a part of a thread at Mastodon is found below the one it answers, and nowhere else",
        (
            Edit(
                "platforms/adapters/mastodon/reading.py",
                'return str(status.get("in_reply_to_id") or "") == (above or "")',
                "return True",
            ),
        ),
        (f"{THREADS}::test_a_part_is_told_from_the_same_words_elsewhere",),
    ),
    Guard(
        "a thread at Mastodon goes on as it was cut when it began",
        (
            Edit(
                "platforms/adapters/mastodon/publishing.py",
                'first.get("rest", texts[1:])',
                "texts[1:]",
            ),
        ),
        (f"{THREADS}::test_a_server_that_changes_its_limit_does_not_move_the_cuts",),
    ),
    Guard(
        "a server that signs its answers is held to its name",
        (
            Edit(
                "platforms/flows.py",
                "    if flow.issuer and named != flow.issuer:\n",
                "    if False:\n",
            ),
        ),
        ("tests/desk/test_connecting_mastodon.py::test_an_answer_of_another_server_is_not_taken",),
    ),
    Guard(
        "a part of a thread that was done before is not what a lost one is found by",
        (
            Edit(
                "platforms/adapters/twitter/reading.py",
                "place = places[-1]",
                "place = places[0]",
            ),
        ),
        (
            "tests/platforms/test_twitter_threads.py::test_a_part_whose_answer_was_lost_is_looked_for",
        ),
    ),
    Guard(
        "a post beyond its account's monthly cap is not sent",
        (Edit(CLAIM, "    if kept_by_cap(post, account, bill, now):\n        return None\n"),),
        (f"{SPENDING}::test_what_reaches_the_cap_goes_out_and_what_would_pass_it_waits",),
    ),
    Guard(
        "two workers together do not spend more than the cap",
        (Edit("posting/spending.py", "month.spent + on_the_way + wanted", "month.spent + wanted"),),
        (f"{SPENDING}::test_two_workers_at_once_do_not_spend_more_than_one_would",),
    ),
    Guard(
        "a thread is not gone on with while it is deleted",
        (
            Edit(
                "posting/deciding.py",
                "    if deletions.filter(state__in=FollowUp.UNDECIDED).exists():",
                "    if False:",
            ),
        ),
        (f"{X}::test_what_is_out_of_it_can_be_deleted_and_then_it_is_not_gone_on_with",),
    ),
    Guard(
        "a deletion and going on at once are one of them",
        (
            Edit(
                "posting/deciding.py",
                'seen.update(version=F("version") + 1, updated_at=Now())',
                "seen.update(updated_at=Now())",
            ),
        ),
        (f"{X}::test_going_on_and_deleting_at_once_is_one_of_them",),
    ),
    Guard(
        "a proposal that was confirmed is not made a second time",
        (
            Edit(
                BULK,
                "        if found.confirmed_at is not None:\n            return found, False\n",
            ),
        ),
        (f"{BULK_TESTS}::test_pressing_again_finds_what_the_first_press_made",),
    ),
    Guard(
        "a proposal is confirmed as the person saw it",
        (Edit(BULK, "    if look.digest != digest:", "    if False:"),),
        (f"{BULK_TESTS}::test_what_came_into_its_way_since_is_looked_at_first",),
    ),
    Guard(
        "a proposal of which a post has left is not undone",
        (Edit(BULK, "    if left:", "    if False:"),),
        (f"{BULK_TESTS}::test_once_the_first_has_left_nothing_is_undone",),
    ),
    Guard(
        "what somebody changed since is not undone with a proposal",
        (Edit(BULK, "(post.status, post.due_at, post.piece_version_id) != as_made", "False"),),
        (f"{BULK_TESTS}::test_what_somebody_moved_or_cancelled_since_stays_as_it_is",),
    ),
    Guard(
        "the same confirmation about late posts decides once",
        (
            Edit(
                "scheduling/late_work.py",
                "    if not new:\n        return decision, None\n",
            ),
        ),
        (f"{LATE_WORK}::test_the_same_confirmation_twice_decides_once",),
    ),
    Guard(
        "a decision about late posts is taken back only where nothing has happened since",
        (Edit("scheduling/late_work.py", '            "version": row.version,\n'),),
        (f"{LATE_WORK}::test_what_has_left_or_was_changed_is_not_taken_back",),
    ),
    Guard(
        "what is held for an approval does not go out with the late posts",
        (
            Edit(
                "scheduling/late_work.py",
                "    if wish.choice == Choice.NOW and post.held_by & Hold.APPROVAL:",
                "    if False:",
            ),
        ),
        (f"{LATE_WORK}::test_what_would_not_leave_is_not_published_now",),
    ),
    Guard(
        "an import whose lease was taken over makes nothing",
        (
            Edit(
                "scheduling/importing/confirming.py",
                "if found.state != State.SAVING or found.lease_token != token:",
                "if False:",
            ),
        ),
        (f"{IMPORTING}::test_a_worker_that_was_overtaken_while_it_read_makes_nothing",),
    ),
    Guard(
        "a writer that was overtaken makes no piece",
        (
            Edit(
                "content/writers/queue.py",
                "        if not won:\n            return False\n        piece",
                "        piece",
            ),
        ),
        (f"{WRITING}::test_two_who_hold_one_item_make_one_piece",),
    ),
    Guard(
        "a feed is looked at by one",
        (Edit("content/sources/polling.py", "    if not taken:\n        return None\n"),),
        (f"{POLLING}::test_two_looks_at_once_are_one",),
    ),
)
