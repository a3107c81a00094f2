import { runSchemaVersion } from '../model';
import type { RunListener } from '../events';
import { visibleJson } from '../visible-json';
import { withBase64 } from '../plan-json';
import type { ConsoleOptions } from './options';

/** For programs: one event per line (NDJSON), octets as `{ "base64": … }`; the first line carries `schemaVersion`. */
export function jsonConsole({ write }: Pick<ConsoleOptions, 'write'>): RunListener {
  return (event) => {
    const version = event.type === 'run-started' ? { schemaVersion: runSchemaVersion } : {};
    write(`${visibleJson({ ...version, ...(withBase64(event) as object) })}\n`);
  };
}
