#include "serve.h"
#include "test-service.h"

int main(int argc, char** argv) {
  TestServiceImpl service;
  return serve(argc, argv, service, grpc::testing::TestService::service_full_name());
}
