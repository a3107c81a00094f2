#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>

#include "features.h"
#include "note-book.h"
#include "points.h"
#include "routeguide/route_guide.grpc.pb.h"
#include "serve.h"

namespace {

using routeguide::Feature;
using routeguide::Point;
using routeguide::Rectangle;
using routeguide::RouteNote;
using routeguide::RouteSummary;

// One method of each kind. A handler of the synchronous API has a thread to itself for as long as it runs; it reads and writes its streams one message at a
// time, waits where the other side is slower, and ends the call with the status that it returns.
class RouteGuide final : public routeguide::RouteGuide::Service {
 public:
  grpc::Status GetFeature(grpc::ServerContext*, const Point* request, Feature* reply) override {
    *reply = feature_at(*request);
    return grpc::Status::OK;
  }

  grpc::Status ListFeatures(grpc::ServerContext*, const Rectangle* request,
                            grpc::ServerWriter<Feature>* writer) override {
    for (const Feature& feature : features_inside(*request))
      if (!writer->Write(feature)) break;  // Nobody is there any more.
    return grpc::Status::OK;
  }

  grpc::Status RecordRoute(grpc::ServerContext*, grpc::ServerReader<Point>* reader, RouteSummary* reply) override {
    const auto start = std::chrono::steady_clock::now();
    std::int32_t points = 0;
    std::int32_t features = 0;
    double metres = 0;
    std::optional<Point> previous;
    Point point;
    while (reader->Read(&point)) {
      points++;
      if (!feature_at(point).name().empty()) features++;
      if (previous) metres += metres_between(*previous, point);
      previous = point;
    }
    const auto elapsed = std::chrono::steady_clock::now() - start;
    reply->set_point_count(points);
    reply->set_feature_count(features);
    reply->set_distance(static_cast<std::int32_t>(
        std::min(metres, static_cast<double>(std::numeric_limits<std::int32_t>::max()))));
    reply->set_elapsed_time(
        static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(elapsed).count()));
    return grpc::Status::OK;
  }

  grpc::Status RouteChat(grpc::ServerContext*, grpc::ServerReaderWriter<RouteNote, RouteNote>* stream) override {
    RouteNote note;
    while (stream->Read(&note))
      for (const RouteNote& earlier : notes_.leave(note))
        if (!stream->Write(earlier)) return grpc::Status::OK;  // Nobody is there any more.
    return grpc::Status::OK;
  }

 private:
  NoteBook notes_;
};

}  // namespace

int main(int argc, char** argv) {
  RouteGuide route_guide;
  return serve(argc, argv, route_guide, routeguide::RouteGuide::service_full_name());
}
