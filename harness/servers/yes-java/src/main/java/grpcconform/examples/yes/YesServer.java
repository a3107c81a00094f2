package grpcconform.examples.yes;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;

/** Serves {@code Yes} with reflection on the port that is its argument, until the process is ended. */
final class YesServer {
  private YesServer() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Server server =
        Grpc.newServerBuilderForPort(Integer.parseInt(args[0]), InsecureServerCredentials.create())
            .addService(new YesService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .build()
            .start();
    System.err.println("listening on port " + server.getPort());
    // No shutdown hook: calls that never end by themselves are nothing to wait for.
    server.awaitTermination();
  }
}
