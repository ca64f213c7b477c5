"""Coordinates on Earth in E7: degrees times ten million, in whole numbers."""

E7 = 10_000_000
LAT_LIMIT_E7 = 90 * E7  # the poles
LON_LIMIT_E7 = 180 * E7  # the antimeridian, from either side
LEAST_E7 = 1_000  # what is outside, and whole, and no less is hardly a slip in degrees
