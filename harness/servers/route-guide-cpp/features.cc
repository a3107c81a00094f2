#include "features.h"

#include <algorithm>
#include <cstdint>

namespace {

struct Lighthouse {
  const char* name;
  std::int32_t latitude;
  std::int32_t longitude;
};

// What the server knows: some lighthouses, about where they stand.
constexpr Lighthouse kLighthouses[] = {
    {"Alte Weser", 538'633'000, 81'275'000},        {"Ar-Men", 480'505'000, -49'980'000},
    {"Barra", -130'103'000, -385'327'000},          {"Byron Bay", -286'386'000, 1'536'363'000},
    {"Cape Agulhas", -348'295'000, 200'089'000},    {"Cordouan", 455'863'000, -11'735'000},
    {"Eddystone", 501'800'000, -42'650'000},        {"Fastnet", 513'889'000, -96'025'000},
    {"Hook Head", 521'238'000, -69'293'000},        {"La Jument", 484'223'000, -51'339'000},
    {"Les Eclaireurs", -548'719'000, -680'830'000}, {"Lindesnes", 579'825'000, 70'466'000},
    {"Peggys Cove", 444'919'000, -639'186'000},     {"Pigeon Point", 371'818'000, -1'223'940'000},
    {"Rubjerg Knude", 574'490'000, 97'744'000},     {"Tower of Hercules", 433'859'000, -84'066'000},
};

routeguide::Feature feature_of(const char* name, std::int32_t latitude, std::int32_t longitude) {
  routeguide::Feature feature;
  feature.set_name(name);
  feature.mutable_location()->set_latitude(latitude);
  feature.mutable_location()->set_longitude(longitude);
  return feature;
}

bool is_between(std::int32_t one, std::int32_t value, std::int32_t other) {
  return std::min(one, other) <= value && value <= std::max(one, other);
}

}  // namespace

routeguide::Feature feature_at(const routeguide::Point& point) {
  for (const auto& [name, latitude, longitude] : kLighthouses)
    if (latitude == point.latitude() && longitude == point.longitude()) return feature_of(name, latitude, longitude);
  return feature_of("", point.latitude(), point.longitude());
}

std::vector<routeguide::Feature> features_inside(const routeguide::Rectangle& rectangle) {
  const routeguide::Point& lo = rectangle.lo();
  const routeguide::Point& hi = rectangle.hi();
  std::vector<routeguide::Feature> found;
  for (const auto& [name, latitude, longitude] : kLighthouses)
    if (is_between(lo.latitude(), latitude, hi.latitude()) && is_between(lo.longitude(), longitude, hi.longitude()))
      found.push_back(feature_of(name, latitude, longitude));
  return found;
}
