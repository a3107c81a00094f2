"""The generated code of grpc.testing.

protoc names Python modules after the proto files, so these are called grpc.testing.…, and Python looks for that in the
installed package grpc alone unless the package is told of another place.
"""

from pathlib import Path

import grpc

grpc.__path__.append(str(Path(__file__).parent / "build" / "grpc"))

from grpc.testing import empty_pb2, messages_pb2, test_pb2, test_pb2_grpc  # noqa: E402

__all__ = ["empty_pb2", "messages_pb2", "test_pb2", "test_pb2_grpc"]
