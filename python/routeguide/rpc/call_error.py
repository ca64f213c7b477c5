"""How a call that failed is told."""

import grpc
import grpc.aio


class CallError(Exception):
    """A call that failed. The text is one line: the address that was called, where it is known,
    the name of the status, then what the server, or gRPC itself, has to say about it."""

    def __init__(self, code: grpc.StatusCode, details: str, address: str = "") -> None:
        self.code = code
        self.details = " ".join(details.split())
        self.address = address
        super().__init__(code, self.details, address)

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.address, self.code.name, self.details)))

    @property
    def is_late(self) -> bool:
        """The deadline passed before the end."""
        return self.code is grpc.StatusCode.DEADLINE_EXCEEDED

    @property
    def is_unavailable(self) -> bool:
        """The server could not be reached, went away or takes no calls now."""
        return self.code is grpc.StatusCode.UNAVAILABLE

    @property
    def is_unimplemented(self) -> bool:
        """The server does not know the call."""
        return self.code is grpc.StatusCode.UNIMPLEMENTED


def call_error(error: grpc.RpcError, address: str = "") -> CallError:
    """What to raise in place of gRPC's own error, which says as much in twenty lines."""
    if not isinstance(error, (grpc.Call, grpc.aio.AioRpcError)):
        return CallError(grpc.StatusCode.UNKNOWN, str(error), address)
    return CallError(error.code(), error.details() or "", address)


def protocol_error(details: str, address: str = "") -> CallError:
    """What to raise for a call that succeeded with an answer that no correct server gives."""
    return CallError(grpc.StatusCode.INTERNAL, details, address)


def rpc_failure(error: grpc.RpcError) -> str:
    """Status and details of a call that failed, in one line."""
    if not isinstance(error, (grpc.Call, grpc.aio.AioRpcError)):
        return str(error)
    return str(call_error(error))
