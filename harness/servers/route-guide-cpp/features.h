#ifndef GRPC_CONFORM_SERVERS_ROUTE_GUIDE_CPP_FEATURES_H_
#define GRPC_CONFORM_SERVERS_ROUTE_GUIDE_CPP_FEATURES_H_

#include <vector>

#include "routeguide/route_guide.pb.h"

// What lies at a point: a feature without a name when nothing does.
routeguide::Feature feature_at(const routeguide::Point& point);

std::vector<routeguide::Feature> features_inside(const routeguide::Rectangle& rectangle);

#endif
