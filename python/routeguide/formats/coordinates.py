"""Coordinates of files, in degrees or E7, checked and brought to E7.

Degrees become E7 as `round(degrees * 1e7)` gives it: the decimal text is taken as the nearest
double, the product is rounded to a double, and that to the nearest integer, half to even. For
degrees with up to 7 decimals that is exact. A longitude that is wrapped loses its 360 degrees
after it was rounded.
"""

from __future__ import annotations

import math
from contextlib import suppress

from routeguide.domain.earth import E7, LAT_LIMIT_E7, LON_LIMIT_E7, looks_like_e7
from routeguide.formats.faults import Refusal, shortened

LAT_LIMIT_DEG, LON_LIMIT_DEG = LAT_LIMIT_E7 // E7, LON_LIMIT_E7 // E7
TURN_E7 = 2 * LON_LIMIT_E7

LATITUDE, LONGITUDE = "latitude", "longitude"
_NUMBER = "a number"


class Coordinates:
    """Turns the two coordinates of a row into E7; raises Refusal where they are none."""

    def __init__(
        self,
        units: str,
        wrap: bool,
        decimal_comma: bool = False,
        always_degrees: bool = False,
    ) -> None:
        """`always_degrees`: the format leaves no choice, so nobody is told of one."""
        self.is_e7 = units == "e7"
        self.wrap = wrap
        self.decimal_comma = decimal_comma
        self._always_degrees = always_degrees

    def from_text(self, lat: str, lon: str) -> tuple[int, int]:
        convert = _whole if self.is_e7 else _with_comma if self.decimal_comma else _decimal
        return self.from_numbers(convert(LATITUDE, lat), convert(LONGITUDE, lon))

    def from_numbers(self, lat: float, lon: float) -> tuple[int, int]:
        """As from_text, from an int or float each."""
        if self.is_e7:
            return self._from_e7(lat, lon)
        if abs(lat) <= LAT_LIMIT_DEG and abs(lon) <= LON_LIMIT_DEG:
            return round(lat * E7), round(lon * E7)
        if not abs(lat) <= LAT_LIMIT_DEG:
            raise Refusal(LATITUDE, _why_outside(lat, LAT_LIMIT_DEG) + self._units_hint(lat))
        if self.wrap and LON_LIMIT_DEG < lon <= 2 * LON_LIMIT_DEG:
            return round(lat * E7), round(lon * E7) - TURN_E7
        raise _outside(lon, LON_LIMIT_DEG, 2 * LON_LIMIT_DEG, self._units_hint(lon))

    def _units_hint(self, degrees: float) -> str:
        if self._always_degrees or not looks_like_e7(degrees):
            return ""
        return "; for E7 numbers give --units e7"

    def _from_e7(self, lat: float, lon: float) -> tuple[int, int]:
        if not abs(lat) <= LAT_LIMIT_E7:
            raise Refusal(LATITUDE, _why_outside(lat, LAT_LIMIT_E7))
        turn = TURN_E7 if self.wrap and LON_LIMIT_E7 < lon <= 2 * LON_LIMIT_E7 else 0
        if not abs(lon - turn) <= LON_LIMIT_E7:
            raise _outside(lon, LON_LIMIT_E7, 2 * LON_LIMIT_E7)
        if lat != int(lat) or lon != int(lon):
            field, number = (LATITUDE, lat) if lat != int(lat) else (LONGITUDE, lon)
            raise Refusal(field, f"{number} is not a whole number, as E7 is")
        return int(lat), int(lon) - turn


def _outside(lon: float, limit: int, turn: int, hint: str = "") -> Refusal:
    if limit < lon <= turn:
        hint = "; --wrap takes it as west of Greenwich"
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


def _with_comma(field: str, text: str) -> float:
    if "." not in text:
        with suppress(Refusal):
            return _decimal(field, text.replace(",", "."))
    raise _not_a_number(field, text, "a number with a decimal comma")


def _whole(field: str, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise _not_a_number(field, text, "a whole number (E7)") from None
    if "_" in text or not text.isascii():
        raise _not_a_number(field, text, "a whole number (E7)")
    return number


def _not_a_number(field: str, text: str, wanted: str = _NUMBER) -> Refusal:
    if not text.strip():
        return Refusal(field, "missing")
    has_comma = text.count(",") == 1 and "." not in text
    hint = "; for decimal commas give --decimal-comma" if has_comma and wanted == _NUMBER else ""
    return Refusal(field, f"not {wanted}: {shortened(text)}{hint}")
