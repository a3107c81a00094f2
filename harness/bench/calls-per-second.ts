import { ConformError } from '../error';
import type { LoadOptions, LoadResult } from './raw-load';

/** Every side of a comparison makes this many calls at a time on one connection. */
export const concurrency = 32;

/** Milliseconds of one sample. */
export const sampleDuration = 1500;

/** Samples of each side. */
export const rounds = 7;

/** A unary method with nothing in and nothing out: what is left is the cost of a call. */
export const callPath = '/grpc.testing.TestService/EmptyCall';

/** Calls per second of one sample. @throws ConformError when a call failed: a rate of failures would compare nothing. */
export async function sampleRate(
  load: (options: LoadOptions) => Promise<LoadResult>,
  address: { readonly host: string; readonly port: number },
): Promise<number> {
  const result = await load({ ...address, path: callPath, concurrency, duration: sampleDuration });
  if (result.failures > 0) {
    throw new ConformError('ERR_INTERNAL', `${result.failures} of ${result.failures + result.calls} calls failed.`);
  }
  return (result.calls / result.elapsed) * 1000;
}
