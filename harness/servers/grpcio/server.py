"""grpc.testing.TestService on grpcio's synchronous API, with health and server reflection."""

import argparse
import signal
from concurrent import futures

import grpc
from generated import test_pb2, test_pb2_grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from test_service import TestService

# A call of a synchronous server holds a thread until it ends. This is more than properties keep open at a time, so that
# no finding is about the size of the pool.
MAX_THREADS = 256

STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}

# Seconds that calls in progress get when the server is asked to stop.
STOP_GRACE = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--threads", type=int, default=MAX_THREADS, help="calls that run at a time; others wait")
    arguments = parser.parse_args()

    # Threads inherit this. A handler runs in the main thread, which sleeps on when another thread takes the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    # Without so_reuseport 0 a second server on the same port would start and get half of the connections.
    threads = futures.ThreadPoolExecutor(max_workers=arguments.threads)
    server = grpc.server(threads, options=[("grpc.so_reuseport", 0)])
    test_pb2_grpc.add_TestServiceServicer_to_server(TestService(), server)
    services = (
        test_pb2.DESCRIPTOR.services_by_name["TestService"].full_name,
        health.SERVICE_NAME,
        reflection.SERVICE_NAME,
    )
    # Without callbacks, as a service with generators has it: with them, a Watch that ends while another one begins may hold the
    # lock of the service that the only thread for events waits for, and then nobody is served any more
    # (https://github.com/grpc/grpc/pull/43403).
    health_service = health.HealthServicer(experimental_non_blocking=False)
    for service in services:
        health_service.set(service, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(health_service, server)
    reflection.enable_server_reflection(services, server)
    server.add_insecure_port(f"localhost:{arguments.port}")

    server.start()
    signal.sigwait(STOP_SIGNALS)
    health_service.enter_graceful_shutdown()
    server.stop(STOP_GRACE).wait()


if __name__ == "__main__":
    main()
