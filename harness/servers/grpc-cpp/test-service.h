#ifndef GRPC_CONFORM_SERVERS_GRPC_CPP_TEST_SERVICE_H_
#define GRPC_CONFORM_SERVERS_GRPC_CPP_TEST_SERVICE_H_

#include "grpc/testing/test.grpc.pb.h"

// grpc.testing.TestService on the synchronous API, which gRPC's own interop server uses too. UnimplementedCall is left to the generated base
// class. `expect_compressed` has no effect: the public API does not tell a handler whether a message was compressed.
class TestServiceImpl final : public grpc::testing::TestService::Service {
 public:
  grpc::Status EmptyCall(grpc::ServerContext* context, const grpc::testing::Empty* request,
                         grpc::testing::Empty* response) override;

  grpc::Status UnaryCall(grpc::ServerContext* context, const grpc::testing::SimpleRequest* request,
                         grpc::testing::SimpleResponse* response) override;

  grpc::Status CacheableUnaryCall(grpc::ServerContext* context, const grpc::testing::SimpleRequest* request,
                                  grpc::testing::SimpleResponse* response) override;

  grpc::Status StreamingOutputCall(grpc::ServerContext* context,
                                   const grpc::testing::StreamingOutputCallRequest* request,
                                   grpc::ServerWriter<grpc::testing::StreamingOutputCallResponse>* writer) override;

  grpc::Status StreamingInputCall(grpc::ServerContext* context,
                                  grpc::ServerReader<grpc::testing::StreamingInputCallRequest>* reader,
                                  grpc::testing::StreamingInputCallResponse* response) override;

  using OutputStream =
      grpc::ServerReaderWriter<grpc::testing::StreamingOutputCallResponse, grpc::testing::StreamingOutputCallRequest>;

  grpc::Status FullDuplexCall(grpc::ServerContext* context, OutputStream* stream) override;

  grpc::Status HalfDuplexCall(grpc::ServerContext* context, OutputStream* stream) override;
};

#endif
