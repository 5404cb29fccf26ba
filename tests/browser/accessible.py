"""What axe-core says of a page."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.server import ROOT

AXE = (ROOT / "frontend/node_modules/axe-core/axe.min.js").read_text()
# Colours that are still on their way, as after a change to dark, are nobody's to read.
STILL = "Promise.allSettled(document.getAnimations().filter(a => a.transitionProperty).map(a => a.finished))"
RUN = """axe.run(document, {resultTypes: ['violations']}).then(found => found.violations
    .filter(one => ['serious', 'critical'].includes(one.impact))
    .map(one => `${location} ${one.id}: ${one.nodes[0].html.slice(0, 150)}`))"""


def serious(page: Page) -> list[str]:
    """What axe-core finds that is serious or critical. Only that leaves the browser: all it looked at is megabytes."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    page.evaluate(STILL)
    found: list[str] = page.evaluate(RUN)
    return found
