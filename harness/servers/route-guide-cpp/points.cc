#include "points.h"

#include <algorithm>
#include <cmath>

namespace {

constexpr double kMeanRadius = 6'371'000;
constexpr double kUnitsPerDegree = 1e7;
constexpr double kPi = 3.14159265358979323846;

double radians(double units) { return units / kUnitsPerDegree * kPi / 180; }

}  // namespace

double metres_between(const routeguide::Point& from, const routeguide::Point& to) {
  const double from_latitude = radians(from.latitude());
  const double to_latitude = radians(to.latitude());
  const double northward = std::sin((to_latitude - from_latitude) / 2);
  const double eastward = std::sin((radians(to.longitude()) - radians(from.longitude())) / 2);
  const double haversine =
      northward * northward + std::cos(from_latitude) * std::cos(to_latitude) * eastward * eastward;
  // Rounding may lead past 1, and latitudes beyond the poles below 0.
  return 2 * kMeanRadius * std::asin(std::sqrt(std::clamp(haversine, 0.0, 1.0)));
}
