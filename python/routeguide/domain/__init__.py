"""The data that servers answer from: databases, datasets, trips and notes, without gRPC."""

import warnings

from routeguide_c import DegreesWarning

# Coordinates that this package passes on are a client's. Small ones are not a mistake of its own.
warnings.filterwarnings("ignore", category=DegreesWarning, module=r"routeguide\.")
