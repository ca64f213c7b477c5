"""Prints the tables of src/routeguide_c/core/geo/rg_angle.c. Needs mpmath.

For each step k, the cosine that belongs to the sine k / 64 and the angle, each as a double and what
rounding to it left out.
"""

from mpmath import asin, mp, mpf, sqrt

mp.prec = 300
STEPS = 47


def print_table(name: str, values: list[mpf]) -> None:
    doubles = [float(value) for value in values]
    rests = [float(value - mpf(double)) for value, double in zip(values, doubles, strict=True)]
    print(name, *(double.hex() for double in doubles), sep="\n  ")
    print(f"{name}: what is left", *(rest.hex() for rest in rests), sep="\n  ")


sines = [mpf(k) / 64 for k in range(STEPS)]
print_table("cosines", [sqrt(1 - sine**2) for sine in sines])
print_table("angles", [asin(sine) for sine in sines])
