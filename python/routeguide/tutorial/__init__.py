"""The programs that the gRPC tutorials document."""
