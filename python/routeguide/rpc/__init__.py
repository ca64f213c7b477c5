"""What servers and clients share of gRPC: names, statuses, channels, listening."""
