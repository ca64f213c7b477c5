"""The one place where an error of the domain becomes a gRPC status."""

import grpc

from routeguide.refusals import LimitError, StoppingError, TooLongError
from routeguide.trip import SummaryOverflowError

_CODE_OF: dict[type[Exception], grpc.StatusCode] = {
    SummaryOverflowError: grpc.StatusCode.OUT_OF_RANGE,
    StoppingError: grpc.StatusCode.UNAVAILABLE,
    LimitError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    TooLongError: grpc.StatusCode.INVALID_ARGUMENT,
}

DOMAIN_ERRORS = tuple(_CODE_OF)


def status_of(error: Exception) -> tuple[grpc.StatusCode, str]:
    """Code and details that tell a client of `error`, one of DOMAIN_ERRORS."""
    return _CODE_OF[type(error)], str(error)
