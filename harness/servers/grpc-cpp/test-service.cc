#include "test-service.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

using grpc::ServerContext;
using grpc::Status;
using grpc::StatusCode;
using grpc::testing::Payload;
using grpc::testing::StreamingOutputCallRequest;
using grpc::testing::StreamingOutputCallResponse;

namespace {

constexpr char kEchoInitial[] = "x-grpc-test-echo-initial";
constexpr char kEchoTrailing[] = "x-grpc-test-echo-trailing-bin";

// Larger answers are refused: one small request shall not make the server hold gigabytes.
constexpr int kMaxResponseSize = 64 * 1024 * 1024;

// How long a waiting handler may take to see that its call is over; the synchronous API can only be asked.
constexpr std::chrono::milliseconds kCancellationCheck(20);

void echo_metadata(ServerContext* context) {
  const auto& received = context->client_metadata();
  for (auto [field, end] = received.equal_range(kEchoInitial); field != end; ++field)
    context->AddInitialMetadata(kEchoInitial, std::string(field->second.data(), field->second.size()));
  for (auto [field, end] = received.equal_range(kEchoTrailing); field != end; ++field)
    context->AddTrailingMetadata(kEchoTrailing, std::string(field->second.data(), field->second.size()));
}

template <typename Request>
Status asked_status(const Request& request) {
  if (!request.has_response_status()) return Status::OK;
  const auto& asked = request.response_status();
  return Status(static_cast<StatusCode>(asked.code()), asked.message());
}

Status set_zeros(int size, Payload* payload) {
  if (size < 0) return Status(StatusCode::INVALID_ARGUMENT, "A payload cannot have a negative size.");
  if (size > kMaxResponseSize) return Status(StatusCode::RESOURCE_EXHAUSTED, "The payload asked for is too large.");
  payload->mutable_body()->assign(size, '\0');
  return Status::OK;
}

// False when the call was over first.
bool wait_for(const ServerContext& context, std::chrono::microseconds interval) {
  const auto end = std::chrono::steady_clock::now() + interval;
  while (!context.IsCancelled()) {
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= left.zero()) return true;
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left, kCancellationCheck));
  }
  return false;
}

// The level, not an algorithm: gRPC then chooses one that the client accepts, or none.
void allow_compression(ServerContext* context, bool allowed) {
  context->set_compression_level(allowed ? GRPC_COMPRESS_LEVEL_HIGH : GRPC_COMPRESS_LEVEL_NONE);
}

// Sends what one request asks for. A status asked for takes the place of the answers.
template <typename Stream>
Status answer(ServerContext* context, const StreamingOutputCallRequest& request, Stream* stream) {
  const Status asked = asked_status(request);
  if (!asked.ok()) return asked;
  for (const auto& parameters : request.response_parameters()) {
    StreamingOutputCallResponse response;
    const Status filled = set_zeros(parameters.size(), response.mutable_payload());
    if (!filled.ok()) return filled;
    if (!wait_for(*context, std::chrono::microseconds(parameters.interval_us()))) return Status::CANCELLED;
    grpc::WriteOptions options;
    if (parameters.has_compressed()) {
      // Has an effect before the first message only, where the whole answer gets its encoding; each message can still do without.
      allow_compression(context, true);
      if (!parameters.compressed().value()) options.set_no_compression();
    }
    // Nobody is there any more to be told a status.
    if (!stream->Write(response, options)) return Status::CANCELLED;
  }
  return Status::OK;
}

}  // namespace

Status TestServiceImpl::EmptyCall(ServerContext* context, const grpc::testing::Empty*, grpc::testing::Empty*) {
  echo_metadata(context);
  return Status::OK;
}

Status TestServiceImpl::UnaryCall(ServerContext* context, const grpc::testing::SimpleRequest* request,
                                  grpc::testing::SimpleResponse* response) {
  echo_metadata(context);
  const Status asked = asked_status(*request);
  if (!asked.ok()) return asked;
  if (request->has_response_compressed()) allow_compression(context, request->response_compressed().value());
  return set_zeros(request->response_size(), response->mutable_payload());
}

Status TestServiceImpl::CacheableUnaryCall(ServerContext* context, const grpc::testing::SimpleRequest* request,
                                           grpc::testing::SimpleResponse* response) {
  return UnaryCall(context, request, response);
}

Status TestServiceImpl::StreamingOutputCall(ServerContext* context, const StreamingOutputCallRequest* request,
                                            grpc::ServerWriter<StreamingOutputCallResponse>* writer) {
  echo_metadata(context);
  return answer(context, *request, writer);
}

Status TestServiceImpl::StreamingInputCall(ServerContext* context,
                                           grpc::ServerReader<grpc::testing::StreamingInputCallRequest>* reader,
                                           grpc::testing::StreamingInputCallResponse* response) {
  echo_metadata(context);
  // The field is an int32; unsigned arithmetic wraps around where a signed sum would be undefined.
  uint32_t sum = 0;
  grpc::testing::StreamingInputCallRequest request;
  while (reader->Read(&request)) sum += static_cast<uint32_t>(request.payload().body().size());
  response->set_aggregated_payload_size(static_cast<int32_t>(sum));
  return Status::OK;
}

Status TestServiceImpl::FullDuplexCall(ServerContext* context, OutputStream* stream) {
  echo_metadata(context);
  StreamingOutputCallRequest request;
  while (stream->Read(&request)) {
    const Status status = answer(context, request, stream);
    if (!status.ok()) return status;
  }
  return Status::OK;
}

Status TestServiceImpl::HalfDuplexCall(ServerContext* context, OutputStream* stream) {
  echo_metadata(context);
  std::vector<StreamingOutputCallRequest> received;
  StreamingOutputCallRequest request;
  while (stream->Read(&request)) {
    // Only what is asked for matters after the half-close.
    request.clear_payload();
    received.push_back(request);
  }
  for (const auto& each : received) {
    const Status status = answer(context, each, stream);
    if (!status.ok()) return status;
  }
  return Status::OK;
}
