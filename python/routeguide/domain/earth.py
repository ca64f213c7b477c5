"""Units of coordinates and distances. E7 is degrees times ten million, as a whole number."""

import math

E7 = 10_000_000
LAT_LIMIT_E7 = 90 * E7  # the poles
LON_LIMIT_E7 = 180 * E7  # the antimeridian, from either side

RADIUS_M = 6_371_000  # of the sphere on which distances are computed
DEGREE_M = math.radians(1) * RADIUS_M  # a degree of latitude, or of longitude on the equator


def looks_like_e7(number: float) -> bool:
    """Return whether a number that is out of range as degrees is more likely meant as E7."""
    return 1_000 <= abs(number) <= LON_LIMIT_E7 and number == int(number)
