"""Find what is wrong with a JSON record that the fast decoder rejected."""

import json
import re
from collections.abc import Iterator

import msgspec

_VALUE_FAULT = re.compile(r"(?P<reason>.*) - at `\$\.?(?P<field>.*)`")
_MISSING_FIELD = re.compile(r"Object missing required field `(?P<name>\w+)`")
_MOST_DIGITS = 400
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def _whole_number(digits: str) -> int:
    """Python refuses integers of thousands of digits; their first 400 are out of range as well."""
    return int(digits[:_MOST_DIGITS])


# Decodes NaN and integers of any length too, so that a message can name their field.
DECODER = json.JSONDecoder(parse_int=_whole_number)


def record_fault(record: str, record_type: type) -> tuple[str, str] | None:
    """Return field and reason if the JSON text of a record is not a `record_type`, else None.

    Bytes that are not UTF-8 are lone surrogates in the text.
    """
    try:
        msgspec.json.decode(record.encode(), type=record_type)
    except RecursionError:
        return "", "nested too deeply"
    except ValueError as error:
        value = DECODER.decode(record)
        for field, string in _strings(value):
            if _SURROGATE.search(string):
                is_escaped = not _SURROGATE.search(record)
                return field, "half a surrogate pair" if is_escaped else "invalid UTF-8"
        try:
            msgspec.convert(value, record_type)
        except msgspec.ValidationError as value_error:  # NaN, which is not JSON, among others
            return _field_and_reason(value_error)
        return _field_and_reason(error)
    return None


def _field_and_reason(error: Exception) -> tuple[str, str]:
    match = _VALUE_FAULT.fullmatch(str(error))
    field, reason = (match["field"], match["reason"]) if match else ("", str(error))
    if missing := _MISSING_FIELD.fullmatch(reason):
        return f"{field}.{missing['name']}".lstrip("."), "missing"
    reason = reason.replace("Expected", "expected").replace("`", "")
    # Most likely degrees, which most other formats have.
    return field, reason.replace(
        "expected int, got float", "expected int (degrees * 10**7), got float"
    )


def _strings(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every string in a decoded JSON value, names of members too, with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield f"a name in {path or 'it'}", key
            yield from _strings(member, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _strings(item, f"{path}[{position}]")
