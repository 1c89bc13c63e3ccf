"""Sending the reminders that are due: ``run_due``, by the worker each minute or from cron.

Each is claimed with ``FOR UPDATE SKIP LOCKED`` and is done in the transaction that claims it, so
that any number of scanners may run at once and one that is killed leaves nothing half done. In
the service a reminder is the notice itself and exists once. By e-mail it is sent before that is
written down: killed in between, it is sent again, with the same Message-ID.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPRecipientsRefused

import structlog
from django.contrib.auth.models import Group
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from cse.access.policies import can
from cse.access.principals import principals_of
from cse.audit import events
from cse.clocks.actions.due import remind_when_late
from cse.clocks.kinds import ClockKind, kind_of
from cse.clocks.mail import message_for
from cse.clocks.models import BEGUN, DONE, Channel, Clock, Delivery, Dropped, Reminder
from cse.clocks.queries import members_of
from cse.clocks.transitions import OPEN, State

log = structlog.get_logger(__name__)

ACT = "send a reminder"
FIRST_WAIT = dt.timedelta(minutes=1)
LONGEST_WAIT = dt.timedelta(hours=1)
#: Nobody is reminded of it again.
GONE = (Dropped.NOT_OWED, Dropped.KIND_GONE)
#: What one message cannot do and the next may.
ONE_MESSAGE = (SMTPRecipientsRefused, SMTPDataError)


@dataclass
class Ran:
    """What a run did: reminders sent, passed on to a team's people, dropped, put off."""

    sent: int = 0
    passed_on: int = 0
    dropped: int = 0
    put_off: int = 0

    @property
    def words(self) -> str:
        """One line for whoever ran it."""
        return (
            f"{self.sent} sent, {self.passed_on} passed on to teams, "
            f"{self.dropped} dropped, {self.put_off} put off"
        )


def run_due() -> Ran:
    """Send everything that is due. Harmless when run twice at once, or killed."""
    ran = Ran()
    while _deliver_one(Channel.IN_APP, ran, None):
        pass
    if not _waiting(Channel.MAIL).exists():
        return ran
    server = get_connection()
    try:
        while _deliver_one(Channel.MAIL, ran, server):
            pass
    finally:
        with suppress(OSError):
            server.close()
    return ran


def _waiting(channel: Channel) -> models.QuerySet[Reminder]:
    return Reminder.objects.filter(
        channel=channel, delivery=Delivery.WAITING, try_at__lte=timezone.now()
    )


@transaction.atomic
def _deliver_one(channel: Channel, ran: Ran, server: BaseEmailBackend | None) -> bool:
    """Claim one reminder and deal with it; whether to go on with the next."""
    rows = _waiting(channel).select_for_update(of=("self",), skip_locked=True)
    rows = rows.select_related("clock__child", "clock__authority", "user", "group")
    reminder = rows.order_by("try_at", "id").first()
    if reminder is None:
        return False
    try:
        with transaction.atomic():
            return _deal_with(reminder, ran, server)
    except Exception as error:
        # One that cannot be dealt with may not hold up those behind it; it is as it was claimed.
        reminder.refresh_from_db()
        _put_off(reminder, type(error).__name__)
        ran.put_off += 1
        return True


def _deal_with(reminder: Reminder, ran: Ran, server: BaseEmailBackend | None) -> bool:
    """Drop it, pass it on or send it; whether to go on with the next."""
    why_not = _why_not(reminder)
    if reminder.channel == Channel.IN_APP and why_not not in GONE:
        _go_on_when_late(reminder)
    if why_not:
        _drop(reminder, why_not)
        ran.dropped += 1
    elif reminder.group_id:
        _pass_on(reminder)
        ran.passed_on += 1
    elif server is not None:
        return _mail(reminder, server, ran)
    else:
        _done(reminder, Delivery.SENT)
        ran.sent += 1
    return True


def _why_not(reminder: Reminder) -> Dropped | None:
    """Rights and what is owed are asked again now, not when the reminder was written."""
    clock, offset = reminder.clock, reminder.offset
    if clock.state not in ((State.MET,) if offset == DONE else OPEN):
        return Dropped.NOT_OWED
    if offset not in (BEGUN, DONE) and clock.version != reminder.clock_version:
        return Dropped.NOT_OWED
    try:
        kind = kind_of(clock.kind)
    except ValueError:
        return Dropped.KIND_GONE
    needed = (kind.follows if offset == DONE else None) or kind.capability
    if reminder.user is not None and not can(reminder.user, needed, clock.child_id):
        return Dropped.NO_ACCESS
    if offset not in (BEGUN, DONE) and not _is_theirs(reminder, kind):
        return Dropped.NOT_THEIRS
    return None


def _is_theirs(reminder: Reminder, kind: ClockKind) -> bool:
    """Whether they owe it, or are told of it, still: by name or with a team.

    Where it is owed by nobody now, or a mistake of its room keeps that from us, whoever was to be
    reminded is all there is.
    """
    try:
        with transaction.atomic():
            people = kind.people(reminder.clock)
    except Exception as error:
        log.warning("people_not_known", object_id=str(reminder.pk), error_type=type(error).__name__)
        return True
    them = [*people.owners, *people.told]
    if not them or reminder.user in them or reminder.group in them:
        return True
    if reminder.user is None:
        return False
    groups = {each.pk for each in them if isinstance(each, Group)}
    return not groups.isdisjoint(principals_of(reminder.user).groups)


def _drop(reminder: Reminder, why: Dropped) -> None:
    reminder.dropped = why
    _done(reminder, Delivery.DROPPED)
    events.refused(ACT, rule=str(why), child_id=reminder.clock.child_id, obj=reminder)


def _done(reminder: Reminder, delivery: Delivery) -> None:
    reminder.delivery, reminder.done_at = delivery, timezone.now()
    reminder.save()


def _pass_on(reminder: Reminder) -> None:
    """To each of the team's people; somebody who is told already is not told twice."""
    assert reminder.group is not None  # noqa: S101  asked by the caller
    for person in members_of(reminder.group):
        # Two scanners with two teams of one person take turns at the constraint.
        with suppress(IntegrityError), transaction.atomic():
            Reminder(
                clock=reminder.clock,
                clock_version=reminder.clock_version,
                offset=reminder.offset,
                user=person,
                channel=reminder.channel,
                due_at=reminder.due_at,
                try_at=timezone.now(),
            ).save(force_insert=True)
    _done(reminder, Delivery.PASSED_ON)


def _mail(reminder: Reminder, server: BaseEmailBackend, ran: Ran) -> bool:
    """Send one; a server that is away ends the run, a message it refuses does not."""
    try:
        server.open()
        server.send_messages([message_for(reminder, server)])
    except OSError as error:  # SMTPException is one
        _put_off(reminder, type(error).__name__)
        ran.put_off += 1
        with suppress(OSError):
            server.close()
        return isinstance(error, ONE_MESSAGE)
    _done(reminder, Delivery.SENT)
    ran.sent += 1
    return True


def _put_off(reminder: Reminder, error_type: str) -> None:
    wait = min(FIRST_WAIT * 2 ** min(reminder.attempts, 10), LONGEST_WAIT)
    reminder.attempts += 1
    reminder.try_at = timezone.now() + wait
    reminder.save()
    log.warning("reminder_put_off", object_id=str(reminder.pk), error_type=error_type)


def _go_on_when_late(reminder: Reminder) -> None:
    """What is late and still owed is reminded of on the next working day too (DEC-32)."""
    if not reminder.offset.startswith("+"):
        return
    # The clock's row makes scanners take turns; whoever acts on it holds no reminder.
    rows = Clock.objects.select_for_update(of=("self",), no_key=True)
    clock = rows.select_related("child", "authority").get(pk=reminder.clock_id)
    if clock.is_open and clock.version == reminder.clock_version:
        remind_when_late(clock, kind_of(clock.kind), now=max(timezone.now(), reminder.due_at))
