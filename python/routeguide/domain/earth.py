"""Coordinates on Earth in E7: degrees times ten million, in whole numbers."""

E7 = 10_000_000
LAT_LIMIT_E7 = 90 * E7  # the poles
LON_LIMIT_E7 = 180 * E7  # the antimeridian, from either side
LIKELY_E7_FROM = 1_000  # a whole number that large, off the Earth in degrees, is probably E7
