"""Features as a map: a page that needs no network, and a picture."""
