"""A small picture for an app's card, drawn from its id: the same app always looks the same."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from storage.models import App

register = template.Library()
BARS = 9


@register.simple_tag
def app_picture(app: App) -> SafeString:
    """Bars whose heights are bytes of the random id; they show nothing of the content."""
    heights = [16 + byte * 60 // 255 for byte in app.pk.bytes[:BARS]]
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="18" height="{}" rx="3" fill="currentColor" opacity="{}"/>',
        ((16 + 27 * i, 104 - height, height, 0.35 + 0.065 * (i % 9)) for i, height in enumerate(heights)),
    )
    return format_html(
        '<svg class="card-picture" viewBox="0 0 270 104" preserveAspectRatio="none" aria-hidden="true">{}</svg>', bars
    )
