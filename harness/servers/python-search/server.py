"""Search on grpcio's asyncio API, with server reflection."""

import argparse
import asyncio
import signal

import grpc
import search_pb2
import search_pb2_grpc
from grpc_reflection.v1alpha import reflection
from search_pb2 import SearchParam, SearchStatus

# What there is to find: collection and title.
DOCUMENTS = (
    ("rfc", "HTTP Semantics"),
    ("rfc", "HTTP/2"),
    ("rfc", "HPACK: Header Compression for HTTP/2"),
    ("rfc", "The Transport Layer Security (TLS) Protocol Version 1.3"),
    ("rfc", "Transport Layer Security (TLS) Application-Layer Protocol Negotiation Extension"),
    ("grpc", "gRPC over HTTP/2"),
    ("grpc", "gRPC Compression"),
    ("grpc", "Status codes and their use in gRPC"),
    ("grpc", "GRPC Server Reflection Protocol"),
)

# Seconds that calls in progress get when the server is asked to stop.
STOP_GRACE = 5


class Search(search_pb2_grpc.SearchServicer):
    def __init__(self, seconds_of_work: float) -> None:
        self._seconds_of_work = seconds_of_work

    async def search(self, request: SearchParam, context: grpc.aio.ServicerContext) -> SearchStatus:
        # The work. It ends early when the call is cancelled or its deadline is over: the coroutine is cancelled then.
        await asyncio.sleep(self._seconds_of_work)
        query = request.query.casefold()
        titles = [
            title
            for collection, title in DOCUMENTS
            if query in title.casefold() and (not request.collections or collection in request.collections)
        ]
        return SearchStatus(
            state=SearchStatus.FOUND if titles else SearchStatus.NOTHING_FOUND,
            total=len(titles),
            titles=titles[: request.limit or None],
        )


async def serve(port: int, seconds_of_work: float) -> None:
    # Without so_reuseport 0 a second server on the same port would start and get half of the connections.
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    search_pb2_grpc.add_SearchServicer_to_server(Search(seconds_of_work), server)
    service = search_pb2.DESCRIPTOR.services_by_name["Search"].full_name
    reflection.enable_server_reflection((service, reflection.SERVICE_NAME), server)
    server.add_insecure_port(f"localhost:{port}")

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await server.start()
    await stop.wait()
    await server.stop(STOP_GRACE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds-of-work", type=float, default=1.0)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.seconds_of_work))


if __name__ == "__main__":
    main()
