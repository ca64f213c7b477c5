"""How a call that failed is told."""

import grpc
import grpc.aio


def rpc_failure(error: grpc.RpcError) -> str:
    """Status and details of a call that failed, in one line."""
    if not isinstance(error, (grpc.Call, grpc.aio.AioRpcError)):
        return str(error)
    return f"{error.code().name}: {' '.join((error.details() or '').split())}"
