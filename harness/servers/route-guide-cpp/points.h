#ifndef GRPC_CONFORM_SERVERS_ROUTE_GUIDE_CPP_POINTS_H_
#define GRPC_CONFORM_SERVERS_ROUTE_GUIDE_CPP_POINTS_H_

#include <cstdint>
#include <utility>

#include "routeguide/route_guide.pb.h"

// Latitude and longitude: a key that no unknown field of a message changes.
using Place = std::pair<std::int32_t, std::int32_t>;

inline Place place_of(const routeguide::Point& point) { return {point.latitude(), point.longitude()}; }

// Metres along the great circle of a round earth, by the haversine formula.
double metres_between(const routeguide::Point& from, const routeguide::Point& to);

#endif
