"""ConnectService: greetings, one or ten."""

from collections.abc import AsyncIterator

import grpc.aio

from routeguide.pb import connect_pb2_grpc
from routeguide.pb.connect_pb2 import RequestMessage, ResponseMessage

GREETINGS = 10


class ConnectServicer(connect_pb2_grpc.ConnectServiceServicer):
    """Greet the name in a request."""

    async def UnaryRPC(
        self,
        request: RequestMessage,
        context: grpc.aio.ServicerContext[RequestMessage, ResponseMessage],
    ) -> ResponseMessage:
        return ResponseMessage(response_data=f"Hello, {request.request_data}")

    async def ServerStreamRPC(
        self,
        request: RequestMessage,
        context: grpc.aio.ServicerContext[RequestMessage, ResponseMessage],
    ) -> AsyncIterator[ResponseMessage]:
        for number in range(1, GREETINGS + 1):
            # The tutorial has the space at the end.
            greeting = f"Hello, {request.request_data}: server({number}) "
            yield ResponseMessage(response_data=greeting)
