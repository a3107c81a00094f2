import { runSchemaVersion } from '../model';
import type { RunListener } from '../events';
import { withBase64 } from '../plan-json';
import type { ConsoleOptions } from './options';

/** For programs: one event per line (NDJSON), octets as `{ "base64": … }`; the first line carries `schemaVersion`. */
export function jsonConsole({ write }: Pick<ConsoleOptions, 'write'>): RunListener {
  return (event) => {
    const version = event.type === 'run-started' ? { schemaVersion: runSchemaVersion } : {};
    write(`${escapeInvisible(JSON.stringify({ ...version, ...(withBase64(event) as object) }))}\n`);
  };
}

/** The same JSON, safe to look at: JSON itself lets C1 controls and direction overrides through. */
const escapeInvisible = (json: string): string =>
  json.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`)
      .join(''),
  );
