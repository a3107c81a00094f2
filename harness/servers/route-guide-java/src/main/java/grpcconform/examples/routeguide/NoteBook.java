package grpcconform.examples.routeguide;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The notes of all callers, by place. Old ones are dropped, so that no caller can fill the memory. */
final class NoteBook {
  private static final int MAX_PLACES = 1000;
  private static final int MAX_NOTES = 10;
  private static final int MAX_MESSAGE = 1000;

  private final Map<Point, Deque<RouteNote>> notes =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Point, Deque<RouteNote>> eldest) {
          return size() > MAX_PLACES;
        }
      };

  /** Keeps a note, unless it is too long, and returns those that were left at its place before, the oldest first. */
  synchronized List<RouteNote> leave(RouteNote note) {
    Point place = Points.plain(note.getLocation());
    Deque<RouteNote> here = notes.computeIfAbsent(place, key -> new ArrayDeque<>());
    List<RouteNote> earlier = List.copyOf(here);
    if (note.getMessage().length() <= MAX_MESSAGE) {
      here.add(RouteNote.newBuilder().setLocation(place).setMessage(note.getMessage()).build());
    }
    if (here.size() > MAX_NOTES) {
      here.remove();
    }
    return earlier;
  }
}
