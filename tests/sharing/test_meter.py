"""T04: how much of an app a person may read in an hour and in a day, over all his sockets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from security.audit import trail
from sharing import meter
from sharing.access import Level
from sharing.errors import BadRequest, TooMany
from sharing.meter import Account
from sharing.models import Reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(settings) -> int:
    settings.METER_VALUES_AN_HOUR = 10_000
    return 10_000


def read(account: Account, values: int, piece: int = 100) -> int:
    """Read in pieces until refused; how much was read."""
    done = 0
    while done < values:
        try:
            account.spend(piece)
        except TooMany:
            return done
        done += piece
    return done


def test_t04_an_hour_s_limit_stops_the_reading_with_a_sentence(app, bob, limited):
    account = Account(app, bob, Level.VIEW)
    assert read(account, 10**6) == limited
    with pytest.raises(TooMany, match=r"an hour \(10,000 values\)"):
        account.spend(1)
    assert trail(app.tenant_id, str(app.pk), 1)[0].action == "meter.met"
    assert [one.action for one in trail(app.tenant_id, str(app.pk), 50)].count("meter.met") == 1


def test_t04_all_sockets_and_processes_share_the_limit(app, bob, limited):
    first, second = Account(app, bob, Level.VIEW), Account(app, bob, Level.VIEW)
    together = 0
    for _ in range(200):
        together += read(first, 100) + read(second, 100)
    assert limited <= together <= limited + 2 * meter.STEP


def test_t04_closing_and_opening_gives_nothing(app, bob, limited):
    total = 0
    for _ in range(40):
        account = Account(app, bob, Level.VIEW)
        total += read(account, 900)
        account.settle()
    assert total <= limited


def test_who_has_read_nothing_leaves_without_a_question(app, bob, limited, django_assert_num_queries):
    account = Account(app, bob, Level.VIEW)
    with django_assert_num_queries(0):
        account.settle()


def test_t04_a_day_s_limit_holds_beyond_the_hours(app, bob, limited):
    now = timezone.now()
    for hours in range(1, 6):
        Reading.objects.create(app=app, user=bob, hour=now - timedelta(hours=hours), amount=limited)
    with pytest.raises(TooMany, match="a day"):
        Account(app, bob, Level.VIEW).spend(1)


def test_a_new_hour_begins_anew(app, bob, limited, monkeypatch):
    account = Account(app, bob, Level.VIEW)
    read(account, limited)
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert read(account, 500) == 500


def test_editors_may_read_more_and_others_are_not_concerned(app, bob, charlie, limited):
    read(Account(app, bob, Level.VIEW), limited)
    assert read(Account(app, bob, Level.EDIT), 500) == 500
    assert read(Account(app, charlie, Level.VIEW), 500) == 500


def test_the_owner_s_setting_counts_also_for_who_is_reading(app, alice, bob, limited):
    account = Account(app, bob, Level.VIEW)
    meter.set_limit(alice, app, 2000)
    assert read(account, limited) == 2000
    meter.set_limit(alice, app, None)
    assert read(account, limited) == limited - 2000


@pytest.mark.parametrize("values", [0, 999, 10**9 + 1, -1])
def test_limits_without_sense_are_refused(app, alice, values):
    with pytest.raises(BadRequest):
        meter.set_limit(alice, app, values)
