"""JSON: the tutorials' list of features, GeoJSON, and plain objects one a line."""
