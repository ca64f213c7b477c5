"""How much a server takes on: of calls, of what one call may bring, of connections."""

from __future__ import annotations

from dataclasses import dataclass

from routeguide.domain.noticeboard import NoticeboardLimits
from routeguide.feature_service.request_limits import RequestLimits
from routeguide.serving.settings import Settings


@dataclass(frozen=True)
class ServingLimits:
    """Counts from 1. What is over one of them is refused with a status that names it."""

    calls: int
    streams: int
    notes: int
    notes_at_place: int
    note_length: int
    route_points: int


def limits_of(settings: Settings) -> ServingLimits:
    return ServingLimits(
        calls=settings.max_calls,
        streams=settings.max_streams,
        notes=settings.max_notes,
        notes_at_place=settings.max_notes_at_place,
        note_length=settings.max_note_length,
        route_points=settings.max_route_points,
    )


def request_limits(settings: Settings) -> RequestLimits:
    return RequestLimits(
        batch_points=settings.max_batch_points,
        nearest_k=settings.max_nearest,
        page_size=settings.max_page_size,
        radius_m=settings.max_radius,
        route_vertices=settings.max_route_vertices,
        half_width_m=settings.max_half_width,
    )


def noticeboard_limits(settings: Settings) -> NoticeboardLimits:
    return NoticeboardLimits(
        notes_at_place=settings.max_notes_at_place,
        notes_in_all=settings.chat_notes,
        age_s=settings.chat_age,
        unread=settings.chat_unread,
    )


def channel_options(settings: Settings) -> list[tuple[str, int]]:
    """What gRPC itself sees to: the size of messages, and connections."""
    options = [("grpc.max_receive_message_length", settings.max_message_bytes)]
    if settings.keepalive is not None:
        options += [
            ("grpc.keepalive_time_ms", _milliseconds(settings.keepalive)),
            ("grpc.keepalive_timeout_ms", _milliseconds(settings.keepalive_timeout)),
            ("grpc.keepalive_permit_without_calls", 1),
        ]
    if settings.max_connection_idle is not None:
        options.append(("grpc.max_connection_idle_ms", _milliseconds(settings.max_connection_idle)))
    if settings.max_connection_age is not None:
        options.append(("grpc.max_connection_age_ms", _milliseconds(settings.max_connection_age)))
    return options


def _milliseconds(duration_s: float) -> int:
    return max(1, round(duration_s * 1000))
