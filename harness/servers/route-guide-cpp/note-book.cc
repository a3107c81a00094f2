#include "note-book.h"

#include <cstddef>

namespace {

constexpr std::size_t kMaxPlaces = 1000;
constexpr std::size_t kMaxNotes = 10;
constexpr std::size_t kMaxMessage = 1000;

}  // namespace

std::vector<routeguide::RouteNote> NoteBook::leave(const routeguide::RouteNote& note) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const Place place = place_of(note.location());
  const auto [entry, is_new] = notes_.try_emplace(place);
  std::deque<routeguide::RouteNote>& here = entry->second;
  std::vector<routeguide::RouteNote> earlier(here.begin(), here.end());
  if (note.message().size() <= kMaxMessage) {
    // Made anew, without the unknown fields that a client may have sent with it.
    routeguide::RouteNote& kept = here.emplace_back();
    kept.mutable_location()->set_latitude(place.first);
    kept.mutable_location()->set_longitude(place.second);
    kept.set_message(note.message());
  }
  if (here.size() > kMaxNotes) here.pop_front();
  if (is_new) places_.push_back(place);
  if (places_.size() > kMaxPlaces) {
    notes_.erase(places_.front());
    places_.pop_front();
  }
  return earlier;
}
