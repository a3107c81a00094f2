package grpcconform.examples.routeguide;

/** Points of a round earth. */
final class Points {
  private static final double MEAN_RADIUS = 6_371_000;
  private static final double UNITS_PER_DEGREE = 1e7;

  private Points() {}

  static Point of(int latitude, int longitude) {
    return Point.newBuilder().setLatitude(latitude).setLongitude(longitude).build();
  }

  /** The point without the unknown fields that a client may have sent with it; they would make it another key, and be kept. */
  static Point plain(Point point) {
    return of(point.getLatitude(), point.getLongitude());
  }

  /** Metres along the great circle, by the haversine formula. */
  static double metresBetween(Point from, Point to) {
    double fromLatitude = radians(from.getLatitude());
    double toLatitude = radians(to.getLatitude());
    double northward = Math.sin((toLatitude - fromLatitude) / 2);
    double eastward = Math.sin((radians(to.getLongitude()) - radians(from.getLongitude())) / 2);
    double haversine =
        northward * northward + Math.cos(fromLatitude) * Math.cos(toLatitude) * eastward * eastward;
    // Rounding may lead past 1, and latitudes beyond the poles below 0.
    return 2 * MEAN_RADIUS * Math.asin(Math.sqrt(Math.min(1, Math.max(0, haversine))));
  }

  private static double radians(int units) {
    return Math.toRadians(units / UNITS_PER_DEGREE);
  }
}
