package grpcconform.examples.routeguide;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the server knows: some lighthouses, about where they stand. */
final class Features {
  private static final List<Feature> ALL =
      List.of(
          feature("Alte Weser", 538_633_000, 81_275_000),
          feature("Ar-Men", 480_505_000, -49_980_000),
          feature("Barra", -130_103_000, -385_327_000),
          feature("Byron Bay", -286_386_000, 1_536_363_000),
          feature("Cape Agulhas", -348_295_000, 200_089_000),
          feature("Cordouan", 455_863_000, -11_735_000),
          feature("Eddystone", 501_800_000, -42_650_000),
          feature("Fastnet", 513_889_000, -96_025_000),
          feature("Hook Head", 521_238_000, -69_293_000),
          feature("La Jument", 484_223_000, -51_339_000),
          feature("Les Eclaireurs", -548_719_000, -680_830_000),
          feature("Lindesnes", 579_825_000, 70_466_000),
          feature("Peggys Cove", 444_919_000, -639_186_000),
          feature("Pigeon Point", 371_818_000, -1_223_940_000),
          feature("Rubjerg Knude", 574_490_000, 97_744_000),
          feature("Tower of Hercules", 433_859_000, -84_066_000));

  private static final Map<Point, Feature> BY_LOCATION =
      ALL.stream().collect(Collectors.toUnmodifiableMap(Feature::getLocation, Function.identity()));

  private Features() {}

  /** What lies at a point: a feature without a name when nothing does. */
  static Feature at(Point point) {
    Point location = Points.plain(point);
    return BY_LOCATION.getOrDefault(location, Feature.newBuilder().setLocation(location).build());
  }

  static List<Feature> inside(Rectangle rectangle) {
    Point lo = rectangle.getLo();
    Point hi = rectangle.getHi();
    return ALL.stream()
        .filter(
            feature -> {
              Point location = feature.getLocation();
              return isBetween(lo.getLatitude(), location.getLatitude(), hi.getLatitude())
                  && isBetween(lo.getLongitude(), location.getLongitude(), hi.getLongitude());
            })
        .toList();
  }

  private static boolean isBetween(int one, int value, int other) {
    return Math.min(one, other) <= value && value <= Math.max(one, other);
  }

  private static Feature feature(String name, int latitude, int longitude) {
    return Feature.newBuilder().setName(name).setLocation(Points.of(latitude, longitude)).build();
  }
}
