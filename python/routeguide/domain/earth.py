"""The Earth as a sphere, and E7: coordinates in degrees times ten million, as integers."""

E7 = 10_000_000
LAT_LIMIT_E7 = 90 * E7  # the poles
LON_LIMIT_E7 = 180 * E7  # the antimeridian, from either side
EARTH_RADIUS_M = 6_371_000
LIKELY_E7_FROM = 1_000  # a whole number that large, off the Earth in degrees, is probably E7
