"""Draws a face from a number: the same number, the same face. Drawn, never fetched; nobody real is meant.

A seed says four things in its low digits (how the person dresses, their age, whether they work in care) so
that a drawn face does not contradict the person it stands for; all the rest comes from a hash of the seed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeVar

from .face_shapes import (
    ANY_HAIR,
    BALDING,
    BANDS,
    BOB,
    BUN,
    BUZZ,
    CLOTHES,
    CLOTHS,
    CROP,
    DARK_HAIR,
    GREY_HAIR,
    GROUNDS,
    HOOD,
    HOOD_EDGE,
    LONG,
    MOUTHS,
    PARTED,
    QUIFF,
    SCRUBS,
    SIDE,
    SKINS,
    WAVES,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Dice:
    """Throws that come out the same for the same seed, whatever the version of Python."""

    digest: bytes

    @classmethod
    def of(cls, seed: int) -> _Dice:
        return cls(hashlib.sha256(f"bedside face {seed}".encode()).digest())

    def pick(self, at: int, choices: tuple[T, ...]) -> T:
        return choices[self.digest[at] % len(choices)]

    def chance(self, at: int, percent: int) -> bool:
        return self.digest[at] * 100 < percent * 256


def seed_for(number: int, *, is_woman: bool, age: int, is_clinician: bool = False) -> int:
    """Return a seed whose face suits such a person. The same number always gives the same face."""
    band = 0 if age < 14 else 1 if age < 38 else 2 if age < 64 else 3
    return (number % 100_000_000) * 16 + (8 if is_clinician else 0) + band * 2 + (0 if is_woman else 1)


def draw_face(seed: int) -> str:
    """Return the face of a seed as an SVG document, square, under 4 KB."""
    dice = _Dice.of(seed)
    is_woman, band, is_clinician = seed % 2 == 0, BANDS[seed // 2 % 4], seed // 8 % 2 == 1
    skin = dice.pick(0, SKINS)
    is_dark = SKINS.index(skin) >= 3
    hair = dice.pick(1, DARK_HAIR if is_dark or dice.chance(2, 45) else ANY_HAIR)
    if band == "old" or (band == "grown" and dice.chance(3, 18)):
        hair = dice.pick(1, GREY_HAIR)
    back, front, ears = _hair(dice, hair, is_woman, band, SKINS.index(skin) >= 4)
    parts = [_defs(dice, skin), '<path fill="url(#w)" d="M120 20h400v420H120z"/>', back]
    parts += [_clothes(dice, is_clinician, band), _neck(skin), _ears(skin) if ears else ""]
    parts.append('<path fill="url(#s)" d="M242 188c0-66 32-98 78-98s78 32 78 98c0 78-34 132-78 132s-78-54-78-132z"/>')
    if band == "old" or dice.chance(5, 20):
        parts.append(_lines(skin))
    parts.append(_beard(dice, hair, is_woman, band))
    parts += [front, _look(dice, hair, skin, band)]
    width = 'viewBox="128 40 384 384"' if band != "child" else 'viewBox="146 56 348 348"'
    body = "".join(part for part in parts if part)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {width}>{body}</svg>'


def _defs(dice: _Dice, skin: tuple[str, str, str]) -> str:
    light, dark = dice.pick(6, GROUNDS)
    return (
        f'<defs><linearGradient id="w" x1="0" x2="1" y2="1"><stop stop-color="{light}"/>'
        f'<stop offset="1" stop-color="{dark}"/></linearGradient>'
        f'<linearGradient id="s" x1="0" x2="1"><stop stop-color="{skin[0]}"/>'
        f'<stop offset="1" stop-color="{skin[1]}"/></linearGradient></defs>'
    )


def _path(shape: str, fill: str, extra: str = "") -> str:
    return f'<path fill="{fill}" d="{shape}"{extra}/>' if shape else ""


def _curls(fill: str, is_big: bool) -> tuple[str, str]:
    ring: tuple[tuple[int, int, int], ...] = (
        (236, 196, 30), (232, 154, 32), (248, 116, 34), (282, 88, 36), (320, 80, 38), (358, 88, 36),
        (392, 116, 34), (408, 154, 32), (404, 196, 30),
    )  # fmt: skip
    if is_big:
        ring = (*ring, (222, 232, 30), (418, 232, 30), (216, 176, 34), (424, 176, 34), (320, 64, 40))
    else:
        ring = ring[1:-1]
    back = "".join(f'<circle cx="{x}" cy="{y}" r="{r}"/>' for x, y, r in ring)
    fringe = ((262, 124, 22), (290, 108, 24), (322, 104, 24), (352, 110, 23), (378, 126, 20))
    front = "".join(f'<circle cx="{x}" cy="{y}" r="{r}"/>' for x, y, r in fringe)
    return f'<g fill="{fill}">{back}</g>', f'<g fill="{fill}">{front}</g>'


def _hair(dice: _Dice, fill: str, is_woman: bool, band: str, is_deep: bool) -> tuple[str, str, bool]:
    """Return what is behind the head, what is in front of it, and whether the ears show."""
    if is_woman and band != "child" and dice.chance(7, 9):
        cloth = dice.pick(8, CLOTHS)
        return _path(HOOD, cloth), _path(HOOD_EDGE, cloth, ' fill-rule="evenodd"'), False
    if (is_deep and dice.chance(9, 60)) or dice.chance(9, 12):
        back, front = _curls(fill, is_woman)
        return back, front, not is_woman
    if is_woman:
        back, front = dice.pick(10, (LONG, BOB, PARTED, WAVES, BUN) if band != "old" else (BOB, BUN, BOB))
        return _path(back, fill), _path(front, fill), (back, front) == BUN
    choices = (CROP, SIDE, QUIFF, BUZZ) if band in {"child", "young"} else (CROP, SIDE, BALDING, BUZZ, QUIFF)
    back, front = dice.pick(10, choices)
    thin = ' opacity=".8"' if (back, front) == BUZZ else ""
    return _path(back, fill), _path(front, fill, thin), True


def _ears(skin: tuple[str, str, str]) -> str:
    ears = "".join(f'<ellipse cx="{x}" cy="210" rx="12" ry="19"/>' for x in (243, 397))
    return f'<g fill="{skin[1]}">{ears}</g>'


def _neck(skin: tuple[str, str, str]) -> str:
    return f'<path fill="{skin[2]}" d="M279 292h82v66c-10 28-72 28-82 0z"/>'


def _clothes(dice: _Dice, is_clinician: bool, band: str) -> str:
    body = "M104 480c6-84 52-112 142-130h148c90 18 136 46 142 130z"
    if is_clinician and dice.chance(11, 55):
        under = dice.pick(12, CLOTHES)
        coat = _path(body, "#f4f2ec") + _path("M250 348l70 132 70-132z", under)
        return coat + _path("M250 348l-30 26 64 106h36zM390 348l30 26-64 106h-36z", "#d5d8d2")
    cloth = dice.pick(12, SCRUBS if is_clinician else CLOTHES)
    cut = dice.digest[13] % 3
    shirt = _path(body, cloth)
    if is_clinician or cut == 0:
        return shirt + _path("M262 348l58 74 58-74 16 6-74 96-74-96z", "#000", ' opacity=".16"')
    if cut == 1:
        return shirt + _path("M262 350c20 44 96 44 116 0l18 8c-24 62-128 60-152 0z", "#f1e8d8")
    return shirt + _path("M264 348l56 52-34 30-40-74zM376 348l-56 52 34 30 40-74z", "#fbf7ee")


def _lines(skin: tuple[str, str, str]) -> str:
    return (
        f'<g fill="none" stroke="{skin[2]}" stroke-width="3" stroke-linecap="round" opacity=".55">'
        '<path d="M278 238c-4 12-4 22 2 30M362 238c4 12 4 22-2 30M262 224c6 4 14 5 20 4M358 228c6 1 14 0 20-4"/></g>'
    )


def _beard(dice: _Dice, hair: str, is_woman: bool, band: str) -> str:
    if is_woman or band == "child" or not dice.chance(14, 42):
        return ""
    full = "M243 206c2 78 32 122 77 122s75-44 77-122c-8 26-14 40-24 46-18-14-88-14-106 0-10-6-16-20-24-46z"
    if dice.chance(15, 60):
        return _path(full, hair)
    return _path(full, hair, ' opacity=".28"')


def _look(dice: _Dice, hair: str, skin: tuple[str, str, str], band: str) -> str:
    brow = "#6f6a64" if hair in GREY_HAIR else "#33241c"
    eye = dice.pick(16, ("#2a1b15", "#241c19", "#3a2a1c", "#33423a", "#2d3a48"))
    wide = 8.5 if band == "child" else 7.2
    parts = [
        f'<g fill="none" stroke-linecap="round"><g stroke="{brow}" stroke-width="{5 if hair in GREY_HAIR else 5.8}">'
        + dice.pick(
            17,
            (
                '<path d="M267 184c10-7 24-7 33-2M341 182c9-5 23-5 33 2"/>',
                '<path d="M266 181c10-5 24-4 34 1M340 182c10-5 24-6 34-1"/>',
                '<path d="M268 186c8-9 22-11 32-6M340 180c10-5 24-3 32 6"/>',
            ),
        )
        + f'</g><path stroke="{skin[2]}" stroke-width="4.5" d="M320 208c-2 15-8 25-6 31 4 4 10 4 14 3"/>',
        f'<path stroke="#8f443c" stroke-width="5.5" d="{dice.pick(18, MOUTHS)}"/></g>',
        f'<g fill="{eye}"><ellipse cx="286" cy="208" rx="{wide}" ry="{wide + 1}"/>'
        f'<ellipse cx="355" cy="208" rx="{wide}" ry="{wide + 1}"/></g>'
        '<g fill="#fff"><circle cx="288.5" cy="205" r="2.4"/><circle cx="357.5" cy="205" r="2.4"/></g>',
        '<g fill="#d1695a" opacity=".2"><circle cx="272" cy="246" r="15"/><circle cx="369" cy="246" r="15"/></g>',
    ]
    if band != "child" and dice.chance(19, 48 if band == "old" else 26):
        rim = dice.pick(20, ("#22302e", "#5a3b2a", "#3a3f4a"))
        corner = dice.pick(21, (22, 14))
        parts.append(
            f'<g fill="none" stroke="{rim}" stroke-width="4.5">'
            f'<rect x="258" y="188" width="54" height="42" rx="{corner}"/>'
            f'<rect x="329" y="188" width="54" height="42" rx="{corner}"/><path d="M312 204c6-5 11-5 17 0"/></g>'
        )
    return "".join(parts)
