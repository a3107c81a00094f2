#ifndef GRPC_CONFORM_SERVERS_ROUTE_GUIDE_CPP_NOTE_BOOK_H_
#define GRPC_CONFORM_SERVERS_ROUTE_GUIDE_CPP_NOTE_BOOK_H_

#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "points.h"
#include "routeguide/route_guide.pb.h"

// The notes of all callers, by place. Old ones are dropped, so that no caller can fill the memory.
class NoteBook {
 public:
  // Keeps a note, unless it is too long, and returns those that were left at its place before, the oldest first.
  std::vector<routeguide::RouteNote> leave(const routeguide::RouteNote& note);

 private:
  std::mutex mutex_;
  std::map<Place, std::deque<routeguide::RouteNote>> notes_;
  // In the order in which the places were first written to.
  std::deque<Place> places_;
};

#endif
