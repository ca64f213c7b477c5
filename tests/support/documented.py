"""From the tutorials: the client's output, and the route in it."""

import re
from pathlib import Path

from routeguide.pb.route_guide_pb2 import Point

DATA = Path(__file__).parents[1] / "data"
OUTPUT = (DATA / "expected_client_output.txt").read_text().splitlines()
VISITING = "Visiting point "

ROUTE = [
    Point(latitude=int(words[0]), longitude=int(words[1]))
    for words in (re.findall(r"-?\d+", line) for line in OUTPUT if line.startswith(VISITING))
]
ROUTE_LENGTH_M = 850915
