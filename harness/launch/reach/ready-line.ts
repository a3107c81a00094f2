import type { Address } from '../../connection/endpoint';

/** A ready line is short; anything longer is output like any other. */
const longestReadyLine = 4096;

/** Finds the line `{"host":…,"port":…}` in the standard output of a target, the first of them. */
export class ReadyLineReader {
  readonly #found: (address: Address) => void;
  #line = '';
  #done = false;

  constructor(found: (address: Address) => void) {
    this.#found = found;
  }

  push(chunk: Buffer): void {
    if (this.#done) return;
    const lines = (this.#line + chunk.toString('latin1')).split('\n');
    this.#line = (lines.pop() ?? '').slice(0, longestReadyLine);
    for (const line of lines) {
      const address = parseReadyLine(line);
      if (address === undefined) continue;
      this.#done = true;
      this.#found(address);
      return;
    }
  }
}

/** The address that a line of output announces; undefined when it is any other line. A wildcard host means the loopback address. */
export function parseReadyLine(line: string): Address | undefined {
  const text = line.trim();
  if (!text.startsWith('{') || text.length > longestReadyLine) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('port' in value)) return undefined;
  const { port } = value;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65535) return undefined;
  const host = 'host' in value && typeof value.host === 'string' && value.host !== '' ? value.host : '127.0.0.1';
  if (host === '0.0.0.0') return { kind: 'tcp', host: '127.0.0.1', port };
  return { kind: 'tcp', host: host === '::' ? '::1' : host, port };
}
