"""RouteGuide, served from a C index."""
