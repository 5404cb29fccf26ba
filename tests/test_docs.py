"""What the documentation must say: every setting stands on the operators' page, every link leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "bench" / "README.md"]


def test_every_setting_is_documented():
    sources = [ROOT / "config" / name for name in ("environment.py", "settings.py", "public_settings.py")]
    written = "\n".join(source.read_text() for source in sources)
    read = re.findall(r'(?:text|flag|number|listed)\("([A-Z0-9_]+)"', written)
    page = (ROOT / "docs" / "operating.md").read_text()
    missing = [name for name in dict.fromkeys(read) if f"_{name}`" not in page]
    assert missing == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists()], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)\)", page.read_text())
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert broken == []
