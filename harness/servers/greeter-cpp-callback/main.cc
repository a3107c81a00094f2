#include "helloworld/helloworld.grpc.pb.h"
#include "serve.h"

namespace {

// A handler of the callback API runs on one of the library's own threads and must not block. It returns a reactor, and the call ends when that is
// finished: here at once, elsewhere from whatever knows the answer later.
class Greeter final : public helloworld::Greeter::CallbackService {
 public:
  grpc::ServerUnaryReactor* SayHello(grpc::CallbackServerContext* context, const helloworld::HelloRequest* request,
                                     helloworld::HelloReply* reply) override {
    reply->set_message("Hello " + request->name());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main(int argc, char** argv) {
  Greeter greeter;
  return serve(argc, argv, greeter, helloworld::Greeter::service_full_name());
}
