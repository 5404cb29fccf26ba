"""What the documentation must say: every setting stands on the operators' page, every link leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "bench" / "README.md"]


def test_every_setting_is_documented():
    read = re.findall(r'(?:text|flag|number|listed)\("([A-Z0-9_]+)"', (ROOT / "config" / "settings.py").read_text())
    page = (ROOT / "docs" / "operating.md").read_text()
    missing = [name for name in dict.fromkeys(read) if f"_{name}`" not in page]
    assert missing == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists()], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)\)", page.read_text())
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert broken == []
