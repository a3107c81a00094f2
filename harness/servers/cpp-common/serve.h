#ifndef GRPC_CONFORM_SERVERS_CPP_COMMON_SERVE_H_
#define GRPC_CONFORM_SERVERS_CPP_COMMON_SERVE_H_

namespace grpc {
class Service;
class ServerBuilder;
}

// What an asynchronous service adds to a server: queues, and threads that work on them.
class Workers {
 public:
  virtual ~Workers() = default;
  // Before the server starts.
  virtual void add_queues(grpc::ServerBuilder& builder) = 0;
  // When it has started.
  virtual void start() = 0;
  // When it takes no call any more and those that ran are over. Returns when the threads have ended.
  virtual void stop() = 0;
};

// Serves one service, with health and reflection beside it, on the port that `--port` names, until SIGTERM or SIGINT.
//
// Everything that a library user need not set is left at its default: limits, keepalive and threads are gRPC's own.
// Returns the exit code of the process.
int serve(int argc, char** argv, grpc::Service& service, const char* service_name, Workers* workers = nullptr);

#endif
