import { ConformError } from '../error';
import { asTargetError, checkAddress, type ConformanceOptions } from './options';

/** How long a `target` function may take unless `connectTimeout` says otherwise: as long as what `exec` starts. Milliseconds. */
const defaultLimit = 30_000;

/**
 * The address to test; a function is called and waited for, a bounded time.
 *
 * @returns undefined when the target has none before it is started.
 * @throws ConformError when the function throws, rejects, takes too long, or gives no address.
 */
export async function resolveAddress(
  target: ConformanceOptions['target'],
  limit = defaultLimit,
): Promise<string | undefined> {
  if (typeof target !== 'function') return target;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const message = `conformance(): the target function gave no address within ${limit} ms: look whether its server starts, or raise connectTimeout`;
      reject(new ConformError('ERR_TARGET_NOT_READY', message));
    }, limit);
  });
  try {
    return checkAddress(await Promise.race([callIt(target), tooLate]));
  } catch (error) {
    throw asTargetError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** A function that throws is told like one whose promise rejects. */
const callIt = async (target: () => string | Promise<string>): Promise<unknown> => target();
