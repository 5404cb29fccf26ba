"""The audit trail shows every change; tokens are stored as hashes; throttles count."""

import uuid

import pytest

from security import audit, links, throttle
from security.models import AuditRecord

TENANT, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def trail(db):
    for number in range(5):
        audit.record(TENANT, "app.created", actor="alice", subject=f"app-{number}")
    audit.record(OTHER, "app.created", actor="bob", subject="app-9")


def test_t19_a_whole_trail_has_no_fault(trail):
    assert audit.first_fault(TENANT, expected_count=5) is None
    assert audit.first_fault(OTHER) is None


@pytest.mark.parametrize("field", ["action", "actor", "subject", "detail", "previous", "digest"])
def test_t19_any_change_found(trail, field):
    AuditRecord.objects.filter(tenant_id=TENANT, number=3).update(**{field: "changed"})
    assert audit.first_fault(TENANT) == 3


def test_t19_a_deleted_record_is_found(trail):
    AuditRecord.objects.filter(tenant_id=TENANT, number=2).delete()
    assert audit.first_fault(TENANT) == 2


def test_t19_a_tail_cut_off_is_found_by_the_count(trail):
    AuditRecord.objects.filter(tenant_id=TENANT, number=5).delete()
    assert audit.first_fault(TENANT, expected_count=5) == 5


def test_t19_a_record_moved_to_another_tenant_is_found(trail):
    AuditRecord.objects.filter(tenant_id=OTHER).delete()
    AuditRecord.objects.filter(tenant_id=TENANT, number=1).update(tenant_id=OTHER)
    assert audit.first_fault(OTHER) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["two\nlines", "a name with spaces", "é", "x" * 65])
def test_t19_log_lines_cannot_be_forged(text):
    with pytest.raises(ValueError, match="ids and words"):
        audit.record(TENANT, "app.created", actor="alice", subject=text)


def test_t02_tokens_are_random_and_stored_as_hashes():
    pairs = [links.make_token() for _ in range(100)]
    assert len({token for token, _ in pairs}) == 100
    for token, stored in pairs:
        assert len(token) >= 43
        assert token not in stored
        assert links.hash_token(token) == stored


def test_a_throttle_counts_by_key_and_window(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "throttle"}}
    rate, key = throttle.Rate(3, 60), str(uuid.uuid4())
    assert [throttle.allow(key, rate, now=0) for _ in range(5)] == [True, True, True, False, False]
    assert throttle.allow(key + "x", rate, now=0)
    assert throttle.allow(key, rate, now=61)
