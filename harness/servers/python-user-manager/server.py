"""UserManager on grpcio's synchronous API, with server reflection."""

import argparse
import signal
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path

import grpc
import user_manager_pb2
import user_manager_pb2_grpc
from grpc_reflection.v1alpha import reflection
from user_manager_pb2 import User, UserCntResponse, UserRequest, UserResponse, UserTypeRequest
from user_store import NotAdded, UserStore

# A call of a synchronous server holds a thread until it ends: this is how many streams can be open before others wait.
MAX_THREADS = 128

STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}

# Seconds that calls in progress get when the server is asked to stop.
STOP_GRACE = 5


class UserManager(user_manager_pb2_grpc.UserManagerServicer):
    def __init__(self, store: UserStore) -> None:
        self._store = store

    def GetUser(self, request: UserRequest, context: grpc.ServicerContext) -> UserResponse:
        return self._find(request.id)

    def AddUser(self, request: User, context: grpc.ServicerContext) -> UserResponse:
        try:
            self._store.add(request)
        except NotAdded as error:
            return UserResponse(error=True, message=str(error))
        return UserResponse(message="added", user=request)

    def CountAlreadyUsers(
        self, request_iterator: Iterator[UserRequest], context: grpc.ServicerContext
    ) -> UserCntResponse:
        # A set of users that exist: a client that never stops sending cannot make it grow.
        known = {request.id for request in request_iterator if self._store.get(request.id) is not None}
        return UserCntResponse(user_cnt=len(known))

    def GetUsersByType(self, request: UserTypeRequest, context: grpc.ServicerContext) -> Iterator[UserResponse]:
        users = self._store.of_type(request.user_type)
        for user in users:
            yield UserResponse(user=user)
        if not users:
            yield UserResponse(error=True, message=f"there are no users of the type {request.user_type}")

    def GetUsersByIds(
        self, request_iterator: Iterator[UserRequest], context: grpc.ServicerContext
    ) -> Iterator[UserResponse]:
        for request in request_iterator:
            yield self._find(request.id)

    def _find(self, user_id: int) -> UserResponse:
        user = self._store.get(user_id)
        if user is None:
            return UserResponse(error=True, message=f"there is no user with the id {user_id}")
        return UserResponse(user=user)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--users", type=Path, default=Path("build/users.json"), help="the JSON file; overwritten at the start"
    )
    arguments = parser.parse_args()

    # Threads inherit this. A handler runs in the main thread, which sleeps on when another thread takes the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    # Without so_reuseport 0 a second server on the same port would start and get half of the connections.
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=MAX_THREADS), options=[("grpc.so_reuseport", 0)])
    # First, so that a port that is taken leaves the file of the server that has it alone.
    server.add_insecure_port(f"localhost:{arguments.port}")
    user_manager_pb2_grpc.add_UserManagerServicer_to_server(UserManager(UserStore(arguments.users)), server)
    service = user_manager_pb2.DESCRIPTOR.services_by_name["UserManager"].full_name
    reflection.enable_server_reflection((service, reflection.SERVICE_NAME), server)

    server.start()
    signal.sigwait(STOP_SIGNALS)
    server.stop(STOP_GRACE).wait()


if __name__ == "__main__":
    main()
