"""Where a database that was refused is at fault, and what is wrong there.

The fast decoder names record and field when a value is wrong, but not when the text is. Then
the file is read again record by record, which is slow and done once: before giving up.
"""

import json
import re
from collections.abc import Iterator

import msgspec

_VALUE_FAULT = re.compile(r"(?P<reason>.*) - at `\$(?:\[(?P<position>\d+)\])?\.?(?P<field>.*)`")
_MISSING_FIELD = re.compile(r"Object missing required field `(?P<name>\w+)`")
_MOST_DIGITS = 400
_GZIP_MAGIC = b"\x1f\x8b"
_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def whole_number(digits: str) -> int:
    """An integer in JSON. Of very many digits Python makes none; so many are out of any range, as
    the first of them are."""
    return int(digits[:_MOST_DIGITS])


# Decodes what there is to say something about, whatever there is.
DECODER = json.JSONDecoder(parse_int=whole_number)


def explain(text: bytes, error: Exception, record_type: type) -> str:
    """What is wrong with `text`, after decoding it as a list of `record_type` gave `error`."""
    if text.startswith(_GZIP_MAGIC):
        return "packed by gzip; unpack it, or let `routeguide import` read it if it is no snapshot"
    begin = text.lstrip()[:1]
    if not begin:
        return "the file is empty"
    fault = _fault(text, error, record_type)
    if begin != b"[":
        fault += "; `routeguide import` makes a snapshot of files of other forms"
    return fault


def _fault(text: bytes, error: Exception, record_type: type) -> str:
    if isinstance(error, msgspec.ValidationError):
        return _value_fault(error)
    number = 0
    try:
        for number, record in _records(text.decode("utf-8", "surrogateescape")):
            if record and (fault := record_fault(record, record_type)):
                return ": ".join([f"record {number}", *filter(None, fault)])
    except json.JSONDecodeError as syntax:
        place = f"record {number}: " if number else ""
        return f"{place}not JSON: {syntax.msg} (line {syntax.lineno}, column {syntax.colno})"
    except RecursionError:
        return f"record {number}: nested too deeply"
    return str(error)


def _value_fault(error: msgspec.ValidationError) -> str:
    """`record 3: location.latitude: expected int, got str`, from the decoder's words."""
    record, field, reason = _value_parts(error)
    if record is None and not field:
        return f"not a list of features: {reason}"
    place = [] if record is None else [f"record {record}"]
    return ": ".join([*place, *filter(None, [field]), reason])


def _value_parts(error: msgspec.ValidationError) -> tuple[int | None, str, str]:
    """Number of the record, where it is one of a list, field and reason."""
    match = _VALUE_FAULT.fullmatch(str(error))
    if match is None:
        return None, "", _plain(str(error))
    field, reason = match["field"], match["reason"]
    if missing := _MISSING_FIELD.fullmatch(reason):
        field, reason = f"{field}.{missing['name']}".lstrip("."), "missing"
    return int(match["position"]) + 1 if match["position"] else None, field, _plain(reason)


def _plain(reason: str) -> str:
    plain = reason.replace("Expected", "expected").replace("`", "")
    # Most likely degrees, as most other formats have them.
    return plain.replace("expected int, got float", "expected int (degrees * 10**7), got float")


def _records(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of each record; first the number alone, with "", as reading it may fail.

    Raises JSONDecodeError or RecursionError there. What stands around the records has number 0.
    """
    position = _after_space(text, 0)
    if text[position : position + 1] != "[":
        raise json.JSONDecodeError("Expecting a list", text, position)
    position = _after_space(text, position + 1)
    number = 0
    while number or text[position : position + 1] != "]":
        number += 1
        yield number, ""
        end = DECODER.raw_decode(text, position)[1]
        yield number, text[position:end]
        position = _after_space(text, end)
        if text[position : position + 1] == "]":
            break
        if text[position : position + 1] != ",":
            raise json.JSONDecodeError("Expecting ',' or ']'", text, position)
        position = _after_space(text, position + 1)
    yield 0, ""
    position = _after_space(text, position + 1)
    if position < len(text):
        raise json.JSONDecodeError("Extra data", text, position)


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def record_fault(record: str, record_type: type) -> tuple[str, str] | None:
    """Field and reason where the text of one record is at fault, else None.

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
                escaped = not _SURROGATE.search(record)
                return field, "half a surrogate pair" if escaped else "invalid UTF-8"
        try:
            msgspec.convert(value, record_type)
        except msgspec.ValidationError as value_error:  # NaN, which is no JSON
            return _value_parts(value_error)[1:]
        if isinstance(error, msgspec.ValidationError):
            return _value_parts(error)[1:]
        return "", _plain(str(error))
    return None


def _strings(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string in a decoded JSON value, names of members too, with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield f"a name in {path or 'it'}", key
            yield from _strings(member, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _strings(item, f"{path}[{position}]")
