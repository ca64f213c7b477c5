"""The one place where an error of the domain becomes a gRPC status."""

import grpc

from routeguide.bearer import NotAuthenticatedError
from routeguide.trip import SummaryOverflowError

_CODE_OF: dict[type[Exception], grpc.StatusCode] = {
    NotAuthenticatedError: grpc.StatusCode.UNAUTHENTICATED,
    SummaryOverflowError: grpc.StatusCode.OUT_OF_RANGE,
}

DOMAIN_ERRORS = tuple(_CODE_OF)


def status_of(error: Exception) -> tuple[grpc.StatusCode, str]:
    """Code and details that tell a client of `error`, one of DOMAIN_ERRORS."""
    return _CODE_OF[type(error)], str(error)


def status_name(code: grpc.StatusCode | int | None) -> str:
    """The name of a code as a servicer's context has it: None stands for OK."""
    if code is None:
        return grpc.StatusCode.OK.name
    return code.name if isinstance(code, grpc.StatusCode) else _NAME_OF_NUMBER[code]


_NAME_OF_NUMBER = {code.value[0]: code.name for code in grpc.StatusCode}
