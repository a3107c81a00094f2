import { Client, credentials } from '@grpc/grpc-js';
import type { LoadOptions, LoadResult } from './raw-load';

const identity = (octets: Buffer): Buffer => octets;
const emptyMessage = Buffer.alloc(0);

/** The same load through the client of @grpc/grpc-js, at its leanest: no schema, no metadata, no deadline. */
export async function loadGrpcJs(options: LoadOptions): Promise<LoadResult> {
  const { host, port, path, concurrency, duration } = options;
  const client = new Client(`${host}:${port}`, credentials.createInsecure());
  await new Promise<void>((resolve, reject) => {
    client.waitForReady(Date.now() + 10_000, (error) => (error === undefined ? resolve() : reject(error)));
  });
  let calls = 0;
  let failures = 0;
  const started = performance.now();
  const callOnce = (): Promise<void> =>
    new Promise((resolve) => {
      client.makeUnaryRequest(path, identity, identity, emptyMessage, (error) => {
        if (error === null) calls += 1;
        else failures += 1;
        resolve();
      });
    });
  const lane = async (): Promise<void> => {
    while (performance.now() - started <= duration) await callOnce();
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const elapsed = performance.now() - started;
  client.close();
  return { calls, failures, elapsed };
}
