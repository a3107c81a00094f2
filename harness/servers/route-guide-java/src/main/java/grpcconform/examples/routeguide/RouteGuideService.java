package grpcconform.examples.routeguide;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;

/** One method of each kind. */
final class RouteGuideService extends RouteGuideGrpc.RouteGuideImplBase {
  private final NoteBook notes = new NoteBook();

  @Override
  public void getFeature(Point request, StreamObserver<Feature> observer) {
    observer.onNext(Features.at(request));
    observer.onCompleted();
  }

  @Override
  public void listFeatures(Rectangle request, StreamObserver<Feature> observer) {
    // So few that they may all be queued, whether the client reads or not.
    Features.inside(request).forEach(observer::onNext);
    observer.onCompleted();
  }

  @Override
  public StreamObserver<Point> recordRoute(StreamObserver<RouteSummary> observer) {
    long start = System.nanoTime();
    return new StreamObserver<>() {
      private int points;
      private int features;
      private double metres;
      private Point previous;

      @Override
      public void onNext(Point point) {
        points++;
        if (!Features.at(point).getName().isEmpty()) {
          features++;
        }
        if (previous != null) {
          metres += Points.metresBetween(previous, point);
        }
        previous = point;
      }

      @Override
      public void onCompleted() {
        observer.onNext(
            RouteSummary.newBuilder()
                .setPointCount(points)
                .setFeatureCount(features)
                // A cast of what is too large gives the largest int.
                .setDistance((int) metres)
                .setElapsedTime((int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start))
                .build());
        observer.onCompleted();
      }

      @Override
      public void onError(Throwable cause) {
        // The call is over; there is nobody to answer.
      }
    };
  }

  @Override
  public StreamObserver<RouteNote> routeChat(StreamObserver<RouteNote> observer) {
    var call = (ServerCallStreamObserver<RouteNote>) observer;
    // A note may have ten answers: none is taken in while the client leaves the earlier answers unread.
    call.disableAutoRequest();
    return new StreamObserver<>() {
      private boolean isNoteDue;

      {
        call.setOnReadyHandler(this::requestNote);
      }

      @Override
      public void onNext(RouteNote note) {
        isNoteDue = false;
        notes.leave(note).forEach(call::onNext);
        requestNote();
      }

      @Override
      public void onCompleted() {
        call.onCompleted();
      }

      @Override
      public void onError(Throwable cause) {
        // The call is over; there is nobody to answer.
      }

      private void requestNote() {
        if (call.isReady() && !isNoteDue) {
          isNoteDue = true;
          call.request(1);
        }
      }
    };
  }
}
