"""Tests of calls over gRPC: the tutorials' programs, the services, the typed clients."""
