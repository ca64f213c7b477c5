"""Files of places, read into an index and written from one: a module for each format."""
