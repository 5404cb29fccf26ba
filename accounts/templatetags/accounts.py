"""How a browser is named to the person whose session it holds."""

from __future__ import annotations

import ua_parser
from django import template

register = template.Library()


@register.filter
def browser_name(user_agent: str) -> str:
    """`Firefox on Linux` for what a browser sends; "Unknown browser" where it says nothing that is known."""
    found = ua_parser.parse(user_agent)
    browser = found.user_agent.family if found.user_agent else "Unknown browser"
    return f"{browser} on {found.os.family}" if found.os else browser
