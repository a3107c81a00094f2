package grpcconform.servers.armeria;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.cors.CorsService;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.ServerInterceptors;
import io.grpc.testing.integration.TestServiceImpl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The TestService of grpc-java's interop tests on Armeria, which answers gRPC, gRPC-Web, plain HTTP with JSON or
 * protobuf, and cross-origin questions of browsers on the same paths. Sizes and times are Armeria's own.
 */
public final class ArmeriaServer {
  private ArmeriaServer() {}

  public static void main(String[] args) {
    int port = Integer.parseInt(args[0]);
    // As many as the interop server of grpc-java has: handlers only hand over what is due later.
    ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    GrpcService grpc =
        GrpcService.builder()
            .addService(
                ServerInterceptors.intercept(new TestServiceImpl(executor), TestServiceImpl.interceptors()))
            .supportedSerializationFormats(GrpcSerializationFormats.values())
            .enableUnframedRequests(true)
            .enableHealthCheckService(true)
            .build();
    Server server =
        Server.builder()
            .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .service(
                grpc,
                CorsService.builderForAnyOrigin()
                    .allowRequestMethods(HttpMethod.POST)
                    .allowAllRequestHeaders(true)
                    .newDecorator())
            .build();
    server.start().join();
  }
}
