"""RouteGuide, served from a C index.

The parts are imported by name (`routeguide.server`, `routeguide.database`, ...); importing
the package itself loads nothing.
"""

__version__ = "0.1.0"
