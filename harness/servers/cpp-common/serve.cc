#include "serve.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>

namespace {

// What running calls get to end in, once the server was told to stop.
constexpr std::chrono::seconds kShutdownGrace(10);

constexpr int kUsageError = 2;

// The port, or -1 when the command line is not `--port NUMBER`.
int read_port(int argc, char** argv) {
  if (argc != 3 || std::strcmp(argv[1], "--port") != 0) return -1;
  char* end = nullptr;
  const long port = std::strtol(argv[2], &end, 10);
  return end != argv[2] && *end == '\0' && port >= 0 && port <= 65535 ? static_cast<int>(port) : -1;
}

}  // namespace

int serve(int argc, char** argv, grpc::Service& service, const char* service_name, Workers* workers) {
  const int port = read_port(argc, argv);
  if (port < 0) {
    std::cerr << "Usage: " << argv[0] << " --port NUMBER\n";
    return kUsageError;
  }

  // Blocked before gRPC starts its threads, which inherit this: the signals are taken by sigwait below and interrupt nobody.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);

  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();

  int bound_port = 0;
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::InsecureServerCredentials(), &bound_port);
  // Otherwise a second server on the same port would start without an error and take some of its connections.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  if (workers != nullptr) workers->add_queues(builder);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    std::cerr << "Cannot listen on 127.0.0.1, port " << port << ".\n";
    return EXIT_FAILURE;
  }
  if (workers != nullptr) workers->start();
  server->GetHealthCheckService()->SetServingStatus(service_name, true);
  std::cout << "{\"host\":\"127.0.0.1\",\"port\":" << bound_port << "}" << std::endl;

  int signal_number = 0;
  sigwait(&stop_signals, &signal_number);
  server->Shutdown(std::chrono::system_clock::now() + kShutdownGrace);
  if (workers != nullptr) workers->stop();
  return EXIT_SUCCESS;
}
