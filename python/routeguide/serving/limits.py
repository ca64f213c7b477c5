"""Limits of a server: on running calls, on what one call may send, on connections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ServingLimits:
    """Counts from 1. A call over one of them is refused with a status that names the limit."""

    calls: int = 1_000
    streams: int = 4_000
    notes: int = 100_000
    notes_at_place: int = 1_000
    note_length: int = 4_096
    route_points: int = 10_000_000


@dataclass(frozen=True)
class ConnectionLimits:
    """Limits that gRPC applies itself: the size of requests, and how long connections live."""

    message_bytes: int = 4 << 20
    keepalive_s: float | None = None
    keepalive_timeout_s: float = 20.0
    idle_s: float | None = None
    age_s: float | None = None

    def channel_options(self) -> list[tuple[str, int]]:
        """Return the options of gRPC for a server with these limits."""
        options = [("grpc.max_receive_message_length", self.message_bytes)]
        if self.keepalive_s is not None:
            options += [
                ("grpc.keepalive_time_ms", _milliseconds(self.keepalive_s)),
                ("grpc.keepalive_timeout_ms", _milliseconds(self.keepalive_timeout_s)),
                ("grpc.keepalive_permit_without_calls", 1),
            ]
        if self.idle_s is not None:
            options.append(("grpc.max_connection_idle_ms", _milliseconds(self.idle_s)))
        if self.age_s is not None:
            options.append(("grpc.max_connection_age_ms", _milliseconds(self.age_s)))
        return options


def _milliseconds(duration_s: float) -> int:
    return max(1, round(duration_s * 1000))
