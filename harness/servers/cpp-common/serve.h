#ifndef GRPC_CONFORM_SERVERS_CPP_COMMON_SERVE_H_
#define GRPC_CONFORM_SERVERS_CPP_COMMON_SERVE_H_

namespace grpc {
class Service;
}

// Serves one service, with health and reflection beside it, on the port that `--port` names, until SIGTERM or SIGINT.
//
// Everything that a library user need not set is left at its default: limits, keepalive and threads are gRPC's own.
// Returns the exit code of the process.
int serve(int argc, char** argv, grpc::Service& service, const char* service_name);

#endif
