#include "helloworld/helloworld.grpc.pb.h"
#include "serve.h"

namespace {

// A handler of the synchronous API has a thread to itself for as long as it runs, and returns the status of its call.
class Greeter final : public helloworld::Greeter::Service {
 public:
  grpc::Status SayHello(grpc::ServerContext*, const helloworld::HelloRequest* request,
                        helloworld::HelloReply* reply) override {
    reply->set_message("Hello " + request->name());
    return grpc::Status::OK;
  }
};

}  // namespace

int main(int argc, char** argv) {
  Greeter greeter;
  return serve(argc, argv, greeter, helloworld::Greeter::service_full_name());
}
