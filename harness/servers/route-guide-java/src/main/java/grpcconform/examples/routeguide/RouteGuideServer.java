package grpcconform.examples.routeguide;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Serves {@code RouteGuide} with reflection on the port that is its argument; SIGTERM lets running calls finish. */
final class RouteGuideServer {
  private static final int SECONDS_TO_FINISH = 30;

  private RouteGuideServer() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Server server =
        Grpc.newServerBuilderForPort(Integer.parseInt(args[0]), InsecureServerCredentials.create())
            .addService(new RouteGuideService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .build()
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
    System.err.println("listening on port " + server.getPort());
    server.awaitTermination();
  }

  private static void stop(Server server) {
    try {
      server.shutdown().awaitTermination(SECONDS_TO_FINISH, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      server.shutdownNow();
    }
  }
}
