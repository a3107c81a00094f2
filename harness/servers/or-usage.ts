import { ConformError } from '../error';

/** Reads the words of a command line. @throws ConformError ERR_USAGE with what is wrong and how the program is used, when they cannot be read */
export function orUsage<T>(read: () => T, usage: string): T {
  try {
    return read();
  } catch (error) {
    throw new ConformError('ERR_USAGE', `${error instanceof Error ? error.message : String(error)}.\n${usage}`);
  }
}
