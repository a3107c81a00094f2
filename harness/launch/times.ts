import { defaultTimes, type Times } from '../connection/script';

/** Shortest `--timeout`, in milliseconds: some servers answer a malformed request only after up to a second, on purpose, so less would prove nothing. */
export const shortestTimeout = 1500;

/** The waits of a run: `--timeout` sets that for an answer, and those that also depend on the speed of the target grow and shrink with it. In milliseconds. */
export function makeTimes(options: { readonly timeout?: number; readonly connectTimeout?: number }): Times {
  const reply = options.timeout ?? defaultTimes.reply;
  const scale = reply / defaultTimes.reply;
  return {
    reply,
    close: Math.max(shortestTimeout, defaultTimes.close * scale),
    quiet: Math.max(defaultTimes.quiet, defaultTimes.quiet * scale),
    cancel: Math.max(shortestTimeout, defaultTimes.cancel * scale),
    connect: options.connectTimeout ?? defaultTimes.connect,
  };
}
