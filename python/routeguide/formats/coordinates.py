"""Coordinates of files, in degrees or E7, checked and brought to E7.

Degrees become E7 as `round(degrees * 1e7)` gives it: the decimal text is taken as the nearest
double, the product is rounded to a double, and that to the nearest integer, half to even. For
degrees with up to 7 decimals that is exact. A longitude that is wrapped loses its 360 degrees
after it was rounded.
"""

from __future__ import annotations

import math

from routeguide.earth import E7, LAT_LIMIT_E7, LON_LIMIT_E7
from routeguide.formats.faults import Refusal, shortened

LAT_LIMIT_DEG, LON_LIMIT_DEG = LAT_LIMIT_E7 // E7, LON_LIMIT_E7 // E7
TURN_E7 = 2 * LON_LIMIT_E7

LATITUDE, LONGITUDE = "latitude", "longitude"


class Coordinates:
    """Turns the two coordinates of a row into E7; raises Refusal where they are none."""

    def __init__(self, units: str, wrap: bool) -> None:
        self.is_e7 = units == "e7"
        self.wrap = wrap

    def from_text(self, lat: str, lon: str) -> tuple[int, int]:
        convert = _whole if self.is_e7 else _decimal
        return self.from_numbers(convert(LATITUDE, lat), convert(LONGITUDE, lon))

    def from_numbers(self, lat: float, lon: float) -> tuple[int, int]:
        """As from_text, from an int or float each."""
        if self.is_e7:
            return self._from_e7(lat, lon)
        if abs(lat) <= LAT_LIMIT_DEG and abs(lon) <= LON_LIMIT_DEG:
            return round(lat * E7), round(lon * E7)
        _check(LATITUDE, lat, LAT_LIMIT_DEG)
        if self.wrap and LON_LIMIT_DEG < lon <= 2 * LON_LIMIT_DEG:
            return round(lat * E7), round(lon * E7) - TURN_E7
        raise _outside(lon, LON_LIMIT_DEG, 2 * LON_LIMIT_DEG)

    def _from_e7(self, lat: float, lon: float) -> tuple[int, int]:
        _check(LATITUDE, lat, LAT_LIMIT_E7)
        turn = TURN_E7 if self.wrap and LON_LIMIT_E7 < lon <= 2 * LON_LIMIT_E7 else 0
        if not abs(lon - turn) <= LON_LIMIT_E7:
            raise _outside(lon, LON_LIMIT_E7, 2 * LON_LIMIT_E7)
        if lat != int(lat) or lon != int(lon):
            field, number = (LATITUDE, lat) if lat != int(lat) else (LONGITUDE, lon)
            raise Refusal(field, f"{number} is not a whole number, as E7 is")
        return int(lat), int(lon) - turn


def _check(field: str, number: float, limit: int) -> None:
    if not abs(number) <= limit:
        raise Refusal(field, _why_outside(number, limit))


def _outside(lon: float, limit: int, turn: int) -> Refusal:
    hint = "; --wrap takes it as west of Greenwich" if limit < lon <= turn else ""
    return Refusal(LONGITUDE, _why_outside(lon, limit) + hint)


def _why_outside(number: float, limit: int) -> str:
    if math.isnan(number):
        return "not a number: NaN"
    return f"{number} is not between -{limit} and {limit}"


def _decimal(field: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise _not_a_number(field, text) from None
    if "_" in text or not text.isascii():  # numbers to Python alone
        raise _not_a_number(field, text)
    return number


def _whole(field: str, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise _not_a_number(field, text, "a whole number (E7)") from None
    if "_" in text or not text.isascii():
        raise _not_a_number(field, text, "a whole number (E7)")
    return number


def _not_a_number(field: str, text: str, wanted: str = "a number") -> Refusal:
    if not text.strip():
        return Refusal(field, "missing")
    hint = "; decimals begin with a point" if text.count(",") == 1 and "." not in text else ""
    return Refusal(field, f"not {wanted}: {shortened(text)}{hint}")
