"""The only module that maps errors to gRPC statuses; call_error.py maps statuses to errors."""

from __future__ import annotations

import grpc
from google.protobuf.message import DecodeError

from routeguide.domain.noticeboard import SlowReaderError
from routeguide.domain.trip import SummaryOverflowError
from routeguide.rpc.bearer import NotAuthenticatedError
from routeguide.rpc.refusals import LimitError, StoppingError, TooLongError
from routeguide.rpc.request_errors import FieldViolation, GenerationGoneError, InvalidRequestError

# ABORTED is defined for operations that have to be restarted as a whole.
_CODE_OF: dict[type[Exception], grpc.StatusCode] = {
    DecodeError: grpc.StatusCode.INVALID_ARGUMENT,
    GenerationGoneError: grpc.StatusCode.ABORTED,
    InvalidRequestError: grpc.StatusCode.INVALID_ARGUMENT,
    NotAuthenticatedError: grpc.StatusCode.UNAUTHENTICATED,
    SlowReaderError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    SummaryOverflowError: grpc.StatusCode.OUT_OF_RANGE,
    StoppingError: grpc.StatusCode.UNAVAILABLE,
    LimitError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    TooLongError: grpc.StatusCode.INVALID_ARGUMENT,
}

DOMAIN_ERRORS = tuple(_CODE_OF)

# Names of statuses that gRPC itself gives to calls.
CANCELLED = grpc.StatusCode.CANCELLED.name
DEADLINE_EXCEEDED = grpc.StatusCode.DEADLINE_EXCEEDED.name
UNIMPLEMENTED = grpc.StatusCode.UNIMPLEMENTED.name
UNKNOWN = grpc.StatusCode.UNKNOWN.name


def status_of(error: Exception) -> tuple[grpc.StatusCode, str]:
    """Return the code and details for `error`, one of DOMAIN_ERRORS."""
    return _CODE_OF[type(error)], str(error)


def status_name(code: grpc.StatusCode | int | None) -> str:
    """Return the name of a code from a servicer's context, where None is OK."""
    if code is None:
        return grpc.StatusCode.OK.name
    return code.name if isinstance(code, grpc.StatusCode) else _NAME_OF_NUMBER[code]


_NAME_OF_NUMBER = {code.value[0]: code.name for code in grpc.StatusCode}


def details_of(error: Exception) -> tuple[tuple[str, bytes], ...]:
    """Return trailing metadata that describes `error` to programs, or nothing.

    For invalid fields that is a google.rpc.Status with their violations, if the packages for it
    are installed (`routeguide[server]`). The text of the status says the same.
    """
    if isinstance(error, InvalidRequestError):
        return _violations(status_of(error), error.violations)
    return ()


def _violations(
    status: tuple[grpc.StatusCode, str], violations: tuple[FieldViolation, ...]
) -> tuple[tuple[str, bytes], ...]:
    try:
        from google.rpc import code_pb2, error_details_pb2, status_pb2
        from grpc_status import rpc_status
    except ImportError:
        return ()
    bad_request = error_details_pb2.BadRequest()
    for field, reason in violations:
        bad_request.field_violations.add(field=field, description=reason)
    code, text = status
    message = status_pb2.Status(code=code_pb2.Code.Value(code.name), message=text)
    message.details.add().Pack(bad_request)
    metadata: tuple[tuple[str, bytes], ...] = rpc_status.to_status(message).trailing_metadata
    return metadata
