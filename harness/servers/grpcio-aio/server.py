"""grpc.testing.TestService on grpcio's asyncio API, with health and server reflection."""

import argparse
import asyncio
import signal

import grpc
from generated import test_pb2, test_pb2_grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from test_service import TestService

# Seconds that calls in progress get when the server is asked to stop.
STOP_GRACE = 5


async def serve(port: int) -> None:
    # Without so_reuseport 0 a second server on the same port would start and get half of the connections.
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    test_pb2_grpc.add_TestServiceServicer_to_server(TestService(), server)
    services = (
        test_pb2.DESCRIPTOR.services_by_name["TestService"].full_name,
        health.SERVICE_NAME,
        reflection.SERVICE_NAME,
    )
    health_service = health.aio.HealthServicer()
    for service in services:
        await health_service.set(service, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(health_service, server)
    reflection.enable_server_reflection(services, server)
    server.add_insecure_port(f"localhost:{port}")

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await server.start()
    await stop.wait()
    await health_service.enter_graceful_shutdown()
    await server.stop(STOP_GRACE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port))


if __name__ == "__main__":
    main()
