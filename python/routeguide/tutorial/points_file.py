"""Files of points to visit: a latitude and a longitude on each line, as E7 integers.

    # comments and empty lines are skipped
    412856162 -745148837
    412856162, -745148837
    Visiting point latitude: 412856162, longitude: -745148837

The client prints the last form, so that a trip can be repeated from its output.
"""

import re
from pathlib import Path

from routeguide.common import endless_files
from routeguide.pb.route_guide_pb2 import Point

FORM = "`LATITUDE LONGITUDE` or `LATITUDE,LONGITUDE` on each line, E7 integers; # begins a comment"

_POINT = re.compile(
    r"(?:(?:Visiting point )?latitude: )?(?P<latitude>[-+]?[0-9]+)"
    r"(?:\s+|\s*,\s*(?:longitude: )?)(?P<longitude>[-+]?[0-9]+)"
)


class PointsError(Exception):
    """A file of points cannot be used; the text is one line with the reason."""


def read_points(path: Path) -> list[Point]:
    """Read the points of a file, in its order; a file may have none.

    Raises PointsError, which names the file and the line. Coordinates must fit in 32 bits, and may
    be off the Earth: the service accepts such.
    """
    try:
        with path.open(encoding="utf-8") as file:
            if endless_files.is_endless(file.fileno()):
                raise PointsError(f"{path}: {endless_files.FAULT}")
            lines = file.read().splitlines()
    except OSError as error:
        raise PointsError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PointsError(f"{path}: not a text file in UTF-8") from error
    points = []
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        match = _POINT.fullmatch(text)
        if match is None:
            raise PointsError(f"{path}: line {number}: expected {FORM}")
        try:
            point = Point(latitude=int(match["latitude"]), longitude=int(match["longitude"]))
        except ValueError as error:
            raise PointsError(f"{path}: line {number}: does not fit in 32 bits") from error
        points.append(point)
    return points
