"""The use of gRPC that servers and clients share: names, statuses, channels, listening."""
