/**
 * True for a service that belongs to somebody who may not want it to be called: everything but gRPC's own packages (`grpc.testing`, `grpc.health.v1`,
 * `grpc.reflection.v1`, `grpc.channelz.v1`, …) and our probe's.
 */
export function isUsersService(name: string): boolean {
  return !/^(grpc|grpcconform)\./.test(name);
}
