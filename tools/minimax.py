"""Print the polynomials of core/geo/rg_arc.h and rg_geo_batch.c in src/routeguide_c. Needs mpmath.

Each is the polynomial of its degree whose largest relative error over an interval is least, found
by the Remez exchange in 60 digits: solve for the coefficients and the levelled error on a set of
points, move the points to where the error is now largest, repeat until it is level.
"""

from collections.abc import Callable

from mpmath import asin, cos, fabs, lu_solve, matrix, mp, mpf, nstr, pi, sin, sqrt

mp.dps = 60

EARTH_RADIUS_M = 6371000
RADIANS_OF_HALF_E7 = pi / (360 * 10**7)
ROUNDS = 20


def haversine_over_square(square: mpf) -> mpf:
    """sin(x)^2 / x^2 as a function of x^2."""
    return (sin(sqrt(square)) ** 2 / square) if square else mpf(1)


def arcsine_over_root(square: mpf) -> mpf:
    """asin(x) / x as a function of x^2."""
    return asin(sqrt(square)) / sqrt(square) if square else mpf(1)


def value(coefficients: list[mpf], x: mpf) -> mpf:
    return sum(c * x**power for power, c in enumerate(coefficients))


def chebyshev(hi: mpf, count: int) -> list[mpf]:
    """Points from 0 to hi, denser at the ends."""
    return [hi / 2 * (1 - cos(pi * i / (count - 1))) for i in range(count)]


def levelled(f: Callable[[mpf], mpf], points: list[mpf]) -> list[mpf]:
    """Coefficients whose relative errors at the points are equal except for alternating signs."""
    size = len(points)
    rows, ones = matrix(size, size), matrix(size, 1)
    for i, x in enumerate(points):
        for power in range(size - 1):
            rows[i, power] = x**power / f(x)
        rows[i, size - 1] = (-1) ** i
        ones[i] = 1
    solution = lu_solve(rows, ones)
    return [solution[power] for power in range(size - 1)]


def minimax(f: Callable[[mpf], mpf], hi: mpf, count: int) -> tuple[list[mpf], mpf]:
    """`count` coefficients for f over 0 .. hi, lowest power first, and their largest error."""
    points = chebyshev(hi, count + 1)
    grid = chebyshev(hi, 60 * count)
    for _ in range(ROUNDS):
        coefficients = levelled(f, points)
        errors = [(value(coefficients, x) / f(x) - 1, x) for x in grid]
        peaks = errors[:1]  # the largest error of each run of one sign
        for error in errors[1:]:
            if (error[0] > 0) != (peaks[-1][0] > 0):
                peaks.append(error)
            elif fabs(error[0]) > fabs(peaks[-1][0]):
                peaks[-1] = error
        while len(peaks) > count + 1:
            peaks.pop(0 if fabs(peaks[0][0]) < fabs(peaks[-1][0]) else -1)
        heights = [fabs(error) for error, _ in peaks]
        if len(peaks) == count + 1 and max(heights) < min(heights) * mpf("1.001"):
            return coefficients, max(heights)
        points = [x for _, x in peaks]
    raise ArithmeticError("the exchange did not settle")


def show(name: str, coefficients: list[mpf], error: mpf) -> None:
    print(f"/* relative error {nstr(error, 2)} */")
    print(f"static const double {name}[] = {{")
    for coefficient in coefficients:
        print(f"    {float(coefficient)!r},")
    print("};")


if __name__ == "__main__":
    coefficients, error = minimax(haversine_over_square, (pi / 2) ** 2, 8)
    scaled = [c * RADIANS_OF_HALF_E7 ** (2 * i + 2) for i, c in enumerate(coefficients)]
    show("haversine", scaled, error)
    coefficients, error = minimax(arcsine_over_root, mpf(1) / 2, 11)
    show("arcsine", [2 * EARTH_RADIUS_M * c for c in coefficients], error)
