#include <grpcpp/grpcpp.h>

#include <memory>
#include <thread>
#include <vector>

#include "helloworld/helloworld.grpc.pb.h"
#include "serve.h"

namespace {

// Each has a thread of its own, so that so many calls are worked on at the same time.
constexpr int kQueues = 2;

// Calls that wait on each queue to be matched with a request: more of them than one may be under way there, since a call that was matched waits for its
// answer to be sent while others are taken from the queue.
constexpr int kWaitingCalls = 8;

// One call, from waiting for a request to the end of its answer. It owns itself: each of its operations comes back from the queue with it as the tag, and it
// is deleted with the last one.
class SayHello {
 public:
  SayHello(helloworld::Greeter::AsyncService& service, grpc::ServerCompletionQueue& queue)
      : service_(service), queue_(queue), responder_(&context_) {
    service_.RequestSayHello(&context_, &request_, &responder_, &queue_, &queue_, this);
  }

  // An operation came back; `ok` says whether it did what it was to do.
  void proceed(bool ok) {
    // There is no request for it, since the server stops, or the answer is sent or cannot be any more.
    if (!ok || is_answered_) {
      delete this;
      return;
    }
    // Another takes its place in the queue before the work begins.
    new SayHello(service_, queue_);
    is_answered_ = true;
    reply_.set_message("Hello " + request_.name());
    responder_.Finish(reply_, grpc::Status::OK, this);
  }

 private:
  helloworld::Greeter::AsyncService& service_;
  grpc::ServerCompletionQueue& queue_;
  grpc::ServerContext context_;
  helloworld::HelloRequest request_;
  helloworld::HelloReply reply_;
  grpc::ServerAsyncResponseWriter<helloworld::HelloReply> responder_;
  bool is_answered_ = false;
};

// The queues, with a thread for each.
class Queues final : public Workers {
 public:
  explicit Queues(helloworld::Greeter::AsyncService& service) : service_(service) {}

  void add_queues(grpc::ServerBuilder& builder) override {
    for (int i = 0; i < kQueues; i++) queues_.push_back(builder.AddCompletionQueue());
  }

  void start() override {
    for (const auto& queue : queues_) {
      for (int i = 0; i < kWaitingCalls; i++) new SayHello(service_, *queue);
      threads_.emplace_back([&queue] { work(*queue); });
    }
  }

  void stop() override {
    for (const auto& queue : queues_) queue->Shutdown();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  // Until the queue is shut down and empty.
  static void work(grpc::ServerCompletionQueue& queue) {
    void* tag = nullptr;
    bool ok = false;
    while (queue.Next(&tag, &ok)) static_cast<SayHello*>(tag)->proceed(ok);
  }

  helloworld::Greeter::AsyncService& service_;
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues_;
  std::vector<std::thread> threads_;
};

}  // namespace

int main(int argc, char** argv) {
  helloworld::Greeter::AsyncService greeter;
  Queues queues(greeter);
  return serve(argc, argv, greeter, helloworld::Greeter::service_full_name(), &queues);
}
