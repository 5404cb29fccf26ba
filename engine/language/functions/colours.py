"""Colours: duals whose number is the ARGB value and whose text is the way clients write it, such as RGB(255,0,0)."""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Sequence

import numpy as np

from engine.data.dual import Floats, Vector
from engine.language.registry import Environment, function
from engine.language.values import broadcast, numbers, of_duals
from engine.stopping import looking

_NAMED = {
    "Black": (0, 0, 0),
    "Blue": (0, 0, 128),
    "Brown": (128, 128, 0),
    "Cyan": (0, 128, 128),
    "DarkGray": (128, 128, 128),
    "Green": (0, 128, 0),
    "LightBlue": (0, 0, 255),
    "LightCyan": (0, 255, 255),
    "LightGray": (192, 192, 192),
    "LightGreen": (0, 255, 0),
    "LightMagenta": (255, 0, 255),
    "LightRed": (255, 0, 0),
    "Magenta": (128, 0, 128),
    "Red": (128, 0, 0),
    "White": (255, 255, 255),
    "Yellow": (255, 255, 0),
    "QlikTechBlue": (8, 18, 90),
    "QlikTechGray": (158, 148, 137),
}
PALETTE = (
    (51, 34, 136),
    (102, 153, 204),
    (136, 204, 238),
    (68, 170, 153),
    (17, 119, 51),
    (153, 153, 51),
    (221, 204, 119),
    (102, 17, 0),
    (204, 102, 119),
    (170, 68, 102),
    (136, 34, 85),
    (170, 68, 153),
)
"""Twelve colours that people with any kind of colour vision can tell apart (after Paul Tol's qualitative scheme)."""

_SYSTEM = {
    **dict.fromkeys((1, 7, 8, 9, 18, 19, 23), (0, 0, 0)),
    **dict.fromkeys((5, 14, 20), (255, 255, 255)),
    **dict.fromkeys((4, 15, 30), (240, 240, 240)),
    **dict.fromkeys((13, 29), (0, 120, 215)),
    0: (200, 200, 200),
    2: (153, 180, 209),
    3: (191, 205, 219),
    6: (100, 100, 100),
    10: (180, 180, 180),
    11: (244, 247, 252),
    12: (171, 171, 171),
    16: (160, 160, 160),
    17: (109, 109, 109),
    21: (105, 105, 105),
    22: (227, 227, 227),
    24: (255, 255, 225),
    26: (0, 102, 204),
    27: (185, 209, 234),
    28: (215, 228, 242),
}
"""The usual colours of a desktop, by the numbers of GetSysColor: the same on every machine."""

_OPAQUE = 255
_LARGEST = 2**31


def colour(alpha: int, red: int, green: int, blue: int) -> tuple[float, str]:
    """The dual of one colour."""
    number = float((alpha << 24) + (red << 16) + (green << 8) + blue)
    text = f"RGB({red},{green},{blue})" if alpha == _OPAQUE else f"ARGB({alpha},{red},{green},{blue})"
    return number, text


def _colours(env: Environment, parts: Sequence[Vector]) -> Vector:
    """Colours of alpha, red, green and blue; NULL where one of them is no number from 0 to 255."""
    columns = [np.floor(numbers(part, env.locale)) for part in broadcast(parts)]
    rows = np.stack(columns, axis=1)
    unknown = set(np.flatnonzero(~((rows >= 0) & (rows <= _OPAQUE)).all(axis=1)).tolist())
    return of_duals(
        [
            (None, None) if place in unknown else colour(*(int(value) for value in row))
            for place, row in enumerate(looking(rows.tolist()))
        ]
    )


def _opaque() -> Vector:
    return Vector(np.array([float(_OPAQUE)]))


@function("RGB(red, green, blue)", "colour", "The colour of three parts from 0 to 255.")
def rgb(env: Environment, red: Vector, green: Vector, blue: Vector) -> Vector:
    return _colours(env, (_opaque(), red, green, blue))


@function("ARGB(alpha, red, green, blue)", "colour", "The colour of three parts and its opacity, from 0 to 255.")
def argb(env: Environment, alpha: Vector, red: Vector, green: Vector, blue: Vector) -> Vector:
    return _colours(env, (alpha, red, green, blue))


@function("HSL(hue, saturation, luminosity)", "colour", "The colour of three parts from 0 to 1.")
def hsl(env: Environment, hue: Vector, saturation: Vector, luminosity: Vector) -> Vector:
    parts = (numbers(part, env.locale) for part in broadcast([hue, saturation, luminosity]))
    found = []
    for h, s, light in looking(list(zip(*(part.tolist() for part in parts), strict=True))):
        known = all(0 <= value <= 1 for value in (h, s, light))
        tones = colorsys.hls_to_rgb(h, light, s) if known else ()
        found.append(colour(_OPAQUE, *(int(tone * 255 + 0.5) for tone in tones)) if known else (None, None))
    return of_duals(found)


def _channels(env: Environment, value: Vector) -> Floats:
    """[rows, 4]: alpha, red, green and blue of colours; NaN where there is none."""
    found = numbers(value, env.locale)
    known = (found >= 0) & (found < 2**32)
    whole = np.where(known, found, 0).astype(np.int64)
    parts = np.stack([(whole >> shift) & 255 for shift in (24, 16, 8, 0)], axis=1).astype(np.float64)
    return np.where(known[:, None], parts, np.nan)


def _mix(share: Floats, low: Floats, high: Floats) -> Vector:
    mixed = np.floor(low + (high - low) * share[:, None] + 0.5)
    return of_duals(
        [
            (None, None) if any(part != part for part in row) else colour(*(int(part) for part in row))
            for row in looking(mixed.tolist())
        ]
    )


@function("ColorMix1(share, zero, one)", "colour", "A colour between two, by a share from 0 to 1.")
def color_mix_1(env: Environment, share: Vector, zero: Vector, one: Vector) -> Vector:
    part, low, high = broadcast([share, zero, one])
    x = numbers(part, env.locale)
    return _mix(np.where((x >= 0) & (x <= 1), x, np.nan), _channels(env, low), _channels(env, high))


@function(
    "ColorMix2(share, minus_one, one[, zero])", "colour", "A colour between two or three, by a share from -1 to 1."
)
def color_mix_2(env: Environment, share: Vector, minus_one: Vector, one: Vector, zero: Vector | None = None) -> Vector:
    part, low, high = broadcast([share, minus_one, one])
    x = numbers(part, env.locale)
    x = np.where((x >= -1) & (x <= 1), x, np.nan)
    first, last = _channels(env, low), _channels(env, high)
    if zero is None:
        return _mix((x + 1) / 2, first, last)
    middle = _channels(env, broadcast([zero, share, minus_one, one])[0])
    return _mix(np.abs(x), middle, np.where((x < 0)[:, None], first, last))


def _each(env: Environment, value: Vector, pick: Callable[[float], tuple[int, int, int] | None]) -> Vector:
    """Opaque colours of single numbers; None is NULL."""
    x = numbers(value, env.locale).tolist()
    known = {number: pick(number) for number in set(x) if number == number}
    picked = [known.get(number) for number in x]
    return of_duals([(None, None) if tones is None else colour(_OPAQUE, *tones) for tones in picked])


def _of_shares(*shares: float) -> tuple[int, int, int]:
    red, green, blue = (int(max(0.0, min(1.0, share)) * 255 + 0.5) for share in shares)
    return red, green, blue


@function("Color(n)", "colour", "The n-th colour of the app's palette, which begins anew when it ends.")
def color(env: Environment, n: Vector) -> Vector:
    return _each(env, n, lambda x: PALETTE[(int(x) - 1) % len(PALETTE)] if 1 <= x < _LARGEST else None)


@function("SysColor(n)", "colour", "The n-th of a desktop's usual colours, numbered as GetSysColor does.")
def sys_color(env: Environment, n: Vector) -> Vector:
    return _each(env, n, lambda x: _SYSTEM.get(int(x)) if 0 <= x < _LARGEST else None)


@function("ColorMapHue(x)", "colour", "The colour of x from 0 to 1: red, yellow, green, cyan, blue, magenta, red.")
def color_map_hue(env: Environment, x: Vector) -> Vector:
    return _each(env, x, lambda hue: _of_shares(*colorsys.hsv_to_rgb(hue, 1.0, 1.0)) if 0 <= hue <= 1 else None)


@function("ColorMapJet(x)", "colour", "The colour of x from 0 to 1: blue, cyan, yellow, orange, red.")
def color_map_jet(env: Environment, x: Vector) -> Vector:
    return _each(env, x, lambda at: _jet(at) if 0 <= at <= 1 else None)


def _jet(at: float) -> tuple[int, int, int]:
    return _of_shares(*(1.5 - abs(4 * at - centre) for centre in (3.0, 2.0, 1.0)))


def _register_named(name: str, tones: tuple[int, int, int]) -> None:
    @function(f"{name}([alpha])", "colour", f"The colour {name}, RGB({tones[0]},{tones[1]},{tones[2]}).")
    def run(env: Environment, alpha: Vector | None = None) -> Vector:
        red, green, blue = (Vector(np.array([float(tone)])) for tone in tones)
        return _colours(env, (alpha if alpha is not None else _opaque(), red, green, blue))


for _name, _tones in _NAMED.items():
    _register_named(_name, _tones)
