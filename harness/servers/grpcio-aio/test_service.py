"""grpc.testing.TestService as the interop tests define it.

UnimplementedCall is left out on purpose. expect_compressed has no effect: grpcio does not tell a handler whether a
message was compressed.
"""

import asyncio
from collections.abc import AsyncIterator

import grpc
from generated import empty_pb2, messages_pb2, test_pb2_grpc

ECHO_INITIAL = "x-grpc-test-echo-initial"
ECHO_TRAILING = "x-grpc-test-echo-trailing-bin"

# Larger answers are refused: one small request shall not make the server hold gigabytes.
MAX_RESPONSE_SIZE = 64 * 1024 * 1024

STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}


class TestService(test_pb2_grpc.TestServiceServicer):
    async def EmptyCall(self, request, context):
        await echo_metadata(context)
        return empty_pb2.Empty()

    async def UnaryCall(self, request, context):
        if request.response_compressed.value:
            # Before the metadata are echoed: the encoding is a part of them.
            context.set_compression(grpc.Compression.Gzip)
        await echo_metadata(context)
        await abort_as_asked(request, context)
        return messages_pb2.SimpleResponse(payload=await zeros(request.response_size, context))

    async def CacheableUnaryCall(self, request, context):
        return await self.UnaryCall(request, context)

    async def StreamingOutputCall(self, request, context):
        if any(parameters.compressed.value for parameters in request.response_parameters):
            context.set_compression(grpc.Compression.Gzip)
        await echo_metadata(context)
        async for response in answers(request, context):
            yield response

    async def StreamingInputCall(self, request_iterator, context):
        await echo_metadata(context)
        total = 0
        async for request in request_iterator:
            total += len(request.payload.body)
        # The field is an int32; what does not fit wraps around, as in the servers of other languages.
        wrapped = (total + 2**31) % 2**32 - 2**31
        return messages_pb2.StreamingInputCallResponse(aggregated_payload_size=wrapped)

    async def FullDuplexCall(self, request_iterator, context):
        await echo_metadata(context)
        async for request in request_iterator:
            async for response in answers(request, context):
                yield response

    async def HalfDuplexCall(self, request_iterator, context):
        await echo_metadata(context)
        received = []
        async for request in request_iterator:
            # Only what is asked for matters after the half-close.
            request.ClearField("payload")
            received.append(request)
        for request in received:
            async for response in answers(request, context):
                yield response


async def echo_metadata(context: grpc.aio.ServicerContext) -> None:
    received = context.invocation_metadata()
    initial = [(name, value) for name, value in received if name == ECHO_INITIAL]
    if initial:
        await context.send_initial_metadata(initial)
    context.set_trailing_metadata([(name, value) for name, value in received if name == ECHO_TRAILING])


async def answers(
    request: messages_pb2.StreamingOutputCallRequest, context: grpc.aio.ServicerContext
) -> AsyncIterator[messages_pb2.StreamingOutputCallResponse]:
    """A status asked for takes the place of the answers of its request, as in the servers of other languages."""
    await abort_as_asked(request, context)
    for parameters in request.response_parameters:
        await asyncio.sleep(parameters.interval_us / 1_000_000)
        if not parameters.compressed.value:
            context.disable_next_message_compression()
        yield messages_pb2.StreamingOutputCallResponse(payload=await zeros(parameters.size, context))


async def abort_as_asked(
    request: messages_pb2.SimpleRequest | messages_pb2.StreamingOutputCallRequest, context: grpc.aio.ServicerContext
) -> None:
    code = STATUS_CODES.get(request.response_status.code, grpc.StatusCode.UNKNOWN)
    if code is not grpc.StatusCode.OK:
        await context.abort(code, request.response_status.message)


async def zeros(size: int, context: grpc.aio.ServicerContext) -> messages_pb2.Payload:
    if size < 0:
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "A payload cannot have a negative size.")
    if size > MAX_RESPONSE_SIZE:
        await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "The payload asked for is too large.")
    return messages_pb2.Payload(body=bytes(size))
