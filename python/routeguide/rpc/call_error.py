"""CallError, for calls that fail."""

import grpc
import grpc.aio


class CallError(Exception):
    """A call failed. The text is one line: the address of the server if known, the name of the
    status, and the details from the server or gRPC."""

    def __init__(self, code: grpc.StatusCode, details: str, address: str = "") -> None:
        self.code = code
        self.details = " ".join(details.split())
        self.address = address
        super().__init__(code, self.details, address)

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.address, self.code.name, self.details)))

    @property
    def is_late(self) -> bool:
        """True if the deadline passed before the call ended."""
        return self.code is grpc.StatusCode.DEADLINE_EXCEEDED

    @property
    def is_unavailable(self) -> bool:
        """True if the server could not be reached, went away or takes no calls now."""
        return self.code is grpc.StatusCode.UNAVAILABLE

    @property
    def is_unimplemented(self) -> bool:
        """True if the server does not have the method."""
        return self.code is grpc.StatusCode.UNIMPLEMENTED


def call_error(error: grpc.RpcError, address: str = "") -> CallError:
    """Convert gRPC's error, whose text takes twenty lines, to a CallError."""
    if not isinstance(error, (grpc.Call, grpc.aio.AioRpcError)):
        return CallError(grpc.StatusCode.UNKNOWN, str(error), address)
    return CallError(error.code(), error.details() or "", address)


def closed_error(address: str) -> CallError:
    """Make the error for a call that ended because its client was closed."""
    return CallError(grpc.StatusCode.CANCELLED, "the client was closed", address)


def protocol_error(details: str, address: str = "") -> CallError:
    """Make the error for a call that succeeded with an answer that no correct server gives."""
    return CallError(grpc.StatusCode.INTERNAL, details, address)
