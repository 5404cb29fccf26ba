"""T32: keys are wrapped, turned over without touching content, and gone when they are destroyed."""

import os
import stat
import uuid
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from security import keys
from security.cipher import Tampered
from security.keys import KeyTrouble
from security.models import TenantKey

pytestmark = pytest.mark.django_db
ONE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def test_the_master_key_is_made_once_and_for_its_owner_only(settings):
    key = keys.master_key()
    assert len(key) == 32
    assert stat.S_IMODE(os.stat(settings.MASTER_KEY_FILE).st_mode) == 0o600
    assert keys.master_key() == key


def test_t32_production_never_makes_a_master_key(settings):
    settings.PRODUCTION = True
    with pytest.raises(KeyTrouble, match="does not exist"):
        keys.master_key()


def test_t32_a_key_that_others_may_read_is_refused(settings):
    keys.master_key()
    os.chmod(settings.MASTER_KEY_FILE, 0o640)
    with pytest.raises(KeyTrouble, match="read by others"):
        keys.master_key()


def test_t32_no_key_stands_in_the_database_in_clear():
    raw = keys.tenant_key(ONE)
    row = TenantKey.objects.get(tenant_id=ONE)
    assert raw not in bytes(row.wrapped)
    assert keys.master_key() not in bytes(row.wrapped)


def test_t32_every_object_has_a_key_of_its_own():
    name = uuid.uuid4()
    assert len({keys.new_data_key(ONE, name)[0] for _ in range(200)}) == 200


def test_t32_a_wrapped_key_opens_only_for_its_tenant_and_object():
    name = uuid.uuid4()
    raw, wrapped = keys.new_data_key(ONE, name)
    assert keys.unwrap_data_key(ONE, name, wrapped) == raw
    for tenant, object_id in [(OTHER, name), (ONE, uuid.uuid4())]:
        with pytest.raises(KeyTrouble):
            keys.unwrap_data_key(tenant, object_id, wrapped)


def test_t32_rotation_touches_no_content(settings):
    name = uuid.uuid4()
    raw, wrapped = keys.new_data_key(ONE, name)
    text = keys.seal_text(ONE, "Flights", "name")
    old = keys.master_key()
    call_command("rotatemasterkey")
    assert keys.master_key() != old
    assert not Path(keys.previous_path(settings.MASTER_KEY_FILE)).exists()
    assert keys.unwrap_data_key(ONE, name, wrapped) == raw
    assert keys.unseal_text(ONE, text, "name") == "Flights"
    keys.tenant_key(OTHER)
    assert TenantKey.objects.filter(master_id=keys.master_id(keys.master_key())).count() == 2
    call_command("rotatemasterkey")
    assert len(list(Path(settings.MASTER_KEY_FILE).parent.glob("master-key.old-*"))) == 2


def test_t32_rotation_killed_20_times(settings, monkeypatch):
    """Killed after every single key: at each moment all keys open, and the run goes on where it stopped."""
    tenants = [uuid.uuid4() for _ in range(20)]
    before = {tenant: keys.tenant_key(tenant) for tenant in tenants}
    for left in range(20, 0, -1):
        keys.turn_over_master(settings.MASTER_KEY_FILE)
        assert keys._rewrap_batch(keys.master_key(), batch=1) == 1
        keys._unwrap_tenant.cache_clear()
        assert {tenant: keys.tenant_key(tenant) for tenant in tenants} == before
        assert TenantKey.objects.exclude(master_id=keys.master_id(keys.master_key())).count() == left - 1
    assert keys.rewrap_tenant_keys() == 0


def test_t32_restore_without_key_fails_clearly(settings):
    keys.tenant_key(ONE)
    os.remove(settings.MASTER_KEY_FILE)
    with pytest.raises(KeyTrouble, match="Restore"):
        keys.tenant_key(ONE)


def test_t32_a_destroyed_key_opens_nothing_any_more():
    name = uuid.uuid4()
    _, wrapped = keys.new_data_key(ONE, name)
    keys.destroy_tenant_key(ONE)
    with pytest.raises(KeyTrouble):
        keys.unwrap_data_key(ONE, name, wrapped)


def within_a_request(work):
    return keys.KeysReadOnceMiddleware(lambda request: work())(None)


def test_a_request_reads_a_tenant_s_key_once(django_assert_num_queries):
    sealed = [keys.seal_text(ONE, text, "here") for text in "abc"]
    with django_assert_num_queries(1):
        opened = within_a_request(lambda: [keys.unseal_text(ONE, one, "here") for one in sealed])
    assert opened == ["a", "b", "c"]
    with django_assert_num_queries(2):
        assert [keys.unseal_text(ONE, one, "here") for one in sealed[:2]] == ["a", "b"], (
            "elsewhere it is read each time"
        )


def test_t32_a_key_whose_making_was_rolled_back_seals_nothing():
    def work() -> bytes:
        with transaction.atomic():
            keys.seal_text(ONE, "lost", "here")
            keys.seal_text(ONE, "lost", "here")
            transaction.set_rollback(True)
        return keys.seal_text(ONE, "kept", "here")

    assert keys.unseal_text(ONE, within_a_request(work), "here") == "kept"


def test_t32_a_destroyed_key_is_gone_within_the_same_request():
    sealed = keys.seal_text(ONE, "secret", "here")

    def work() -> None:
        keys.unseal_text(ONE, sealed, "here")
        keys.destroy_tenant_key(ONE)
        with pytest.raises(Tampered):
            keys.unseal_text(ONE, sealed, "here")

    within_a_request(work)
