package grpcconform.examples.yes;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** The same endless answer, written in the way that looks right and in the way that is. */
final class YesService extends YesGrpc.YesImplBase {

  /**
   * Never blocks and never fails when the reader stalls: {@code onNext} puts what the window does not admit into a
   * queue that has no bound.
   */
  @Override
  public void yes(YesRequest request, StreamObserver<YesReply> observer) {
    var call = (ServerCallStreamObserver<YesReply>) observer;
    YesReply reply = replyTo(request);
    // Without this question the thread would spin for ever after the first client went away.
    while (!call.isCancelled()) {
      call.onNext(reply);
    }
  }

  /** Returns when enough is queued; the transport calls the handler again when the queue has drained. */
  @Override
  public void yesWithFc(YesRequest request, StreamObserver<YesReply> observer) {
    var call = (ServerCallStreamObserver<YesReply>) observer;
    YesReply reply = replyTo(request);
    call.setOnReadyHandler(
        () -> {
          while (call.isReady() && !call.isCancelled()) {
            call.onNext(reply);
          }
        });
  }

  private static YesReply replyTo(YesRequest request) {
    String message = request.getMessage();
    return YesReply.newBuilder().setMessage(message.isEmpty() ? "y" : message).build();
  }
}
