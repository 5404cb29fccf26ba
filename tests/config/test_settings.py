"""Settings come from the environment; a wrong value stops the start with a sentence."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import settings as module


def test_a_secret_may_stand_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("HONEYGUIDE_S3_SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert module.text("S3_SECRET_KEY") == "from the file"


@pytest.mark.parametrize(
    ("written", "meant"), [("yes", True), ("1", True), ("TRUE", True), ("no", False), ("0", False)]
)
def test_a_flag_is_yes_or_no(monkeypatch, written, meant):
    monkeypatch.setenv("HONEYGUIDE_DEMO", written)
    assert module.flag("DEMO") is meant


def test_another_word_for_a_flag_is_refused(monkeypatch):
    monkeypatch.setenv("HONEYGUIDE_DEMO", "maybe")
    with pytest.raises(ImproperlyConfigured, match="HONEYGUIDE_DEMO must be yes or no"):
        module.flag("DEMO")


def test_a_number_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("HONEYGUIDE_READER_ROWS", "many")
    with pytest.raises(ImproperlyConfigured, match="HONEYGUIDE_READER_ROWS must be a whole number"):
        module.number("READER_ROWS", 1)


def test_postgresql_is_read_from_its_address():
    entry = module.database("postgresql://us%40er:p%2Fw@db.example.org:6543/analytics")
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"], entry["NAME"]) == (
        "us@er", "p/w", "db.example.org", 6543, "analytics",
    )  # fmt: skip


def test_another_database_is_refused():
    with pytest.raises(ImproperlyConfigured, match="neither sqlite nor postgresql"):
        module.database("oracle://somewhere")
