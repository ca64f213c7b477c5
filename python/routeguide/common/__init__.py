"""Addresses, options, wording and files: neither gRPC nor the domain."""
