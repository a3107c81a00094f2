"""grpc.testing.TestService as the interop tests define it.

UnimplementedCall is left out on purpose. expect_compressed has no effect: grpcio does not tell a handler whether a
message was compressed.
"""

import threading
from collections.abc import Iterator

import grpc
from generated import empty_pb2, messages_pb2, test_pb2_grpc

ECHO_INITIAL = "x-grpc-test-echo-initial"
ECHO_TRAILING = "x-grpc-test-echo-trailing-bin"

# Larger answers are refused: one small request shall not make the server hold gigabytes.
MAX_RESPONSE_SIZE = 64 * 1024 * 1024

STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}


class TestService(test_pb2_grpc.TestServiceServicer):
    def EmptyCall(self, request, context):
        echo_metadata(context)
        return empty_pb2.Empty()

    def UnaryCall(self, request, context):
        if request.response_compressed.value:
            # Before the metadata are echoed: the encoding is a part of them.
            context.set_compression(grpc.Compression.Gzip)
        echo_metadata(context)
        abort_as_asked(request, context)
        return messages_pb2.SimpleResponse(payload=zeros(request.response_size, context))

    def CacheableUnaryCall(self, request, context):
        return self.UnaryCall(request, context)

    def StreamingOutputCall(self, request, context):
        if any(parameters.compressed.value for parameters in request.response_parameters):
            context.set_compression(grpc.Compression.Gzip)
        echo_metadata(context)
        yield from answers(request, context)

    def StreamingInputCall(self, request_iterator, context):
        echo_metadata(context)
        total = sum(len(request.payload.body) for request in request_iterator)
        # The field is an int32; what does not fit wraps around, as in the servers of other languages.
        wrapped = (total + 2**31) % 2**32 - 2**31
        return messages_pb2.StreamingInputCallResponse(aggregated_payload_size=wrapped)

    def FullDuplexCall(self, request_iterator, context):
        echo_metadata(context)
        for request in request_iterator:
            yield from answers(request, context)

    def HalfDuplexCall(self, request_iterator, context):
        echo_metadata(context)
        received = []
        for request in request_iterator:
            # Only what is asked for matters after the half-close.
            request.ClearField("payload")
            received.append(request)
        for request in received:
            yield from answers(request, context)


def echo_metadata(context: grpc.ServicerContext) -> None:
    received = context.invocation_metadata()
    initial = [(name, value) for name, value in received if name == ECHO_INITIAL]
    if initial:
        context.send_initial_metadata(initial)
    context.set_trailing_metadata([(name, value) for name, value in received if name == ECHO_TRAILING])


def answers(
    request: messages_pb2.StreamingOutputCallRequest, context: grpc.ServicerContext
) -> Iterator[messages_pb2.StreamingOutputCallResponse]:
    """A status asked for takes the place of the answers of its request, as in the servers of other languages."""
    abort_as_asked(request, context)
    is_over = threading.Event()
    if not context.add_callback(is_over.set):
        return
    for parameters in request.response_parameters:
        # A call that is over gives its thread back at once.
        if is_over.wait(parameters.interval_us / 1_000_000):
            return
        if not parameters.compressed.value:
            context.disable_next_message_compression()
        yield messages_pb2.StreamingOutputCallResponse(payload=zeros(parameters.size, context))


def abort_as_asked(
    request: messages_pb2.SimpleRequest | messages_pb2.StreamingOutputCallRequest, context: grpc.ServicerContext
) -> None:
    code = STATUS_CODES.get(request.response_status.code, grpc.StatusCode.UNKNOWN)
    if code is not grpc.StatusCode.OK:
        context.abort(code, request.response_status.message)


def zeros(size: int, context: grpc.ServicerContext) -> messages_pb2.Payload:
    if size < 0:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "A payload cannot have a negative size.")
    if size > MAX_RESPONSE_SIZE:
        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "The payload asked for is too large.")
    return messages_pb2.Payload(body=bytes(size))
