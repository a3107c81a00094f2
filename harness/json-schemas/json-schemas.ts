import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { settingSpecs, type SettingSpec } from '../cli/setting-specs';
import { baselineDocument } from '../launch/baseline';
import { failureDocument } from '../report/failure-file';
import { runSchema } from '../report/json';

/** The documents of this program that others read or write, by the names of their schema files. */
export type JsonSchemaName = 'run' | 'failure' | 'baseline' | 'config';

/** JSON Schema of draft 7, which editors know. */
const dialect = 'http://json-schema.org/draft-07/schema#';

/**
 * A JSON Schema for each document. What cannot be said in one (a day of the calendar, octets in base64) is left out of it, so that every file that this program takes
 * is valid, and some that it refuses are as well.
 */
export function makeJsonSchemas(): Readonly<Record<JsonSchemaName, object>> {
  return {
    run: ofDocument(runSchema, 'A run of grpc-conform: run.json'),
    failure: ofDocument(failureDocument.schema, 'A failure file of grpc-conform, for replay'),
    baseline: ofDocument(baselineDocument.schema, 'Known deviations of a server, for grpc-conform --baseline'),
    config: ofSettings(),
  };
}

function ofDocument(schema: GenericSchema, title: string): object {
  const { $schema: _, ...rest } = toJsonSchema(schema, { errorMode: 'ignore', typeMode: 'input' });
  return { $schema: dialect, title, ...rest };
}

function ofSettings(): object {
  const properties = Object.fromEntries(
    Object.entries<SettingSpec>(settingSpecs({})).map(([name, spec]) => [
      name,
      { description: spec.help, ...typeOf(spec) },
    ]),
  );
  return {
    $schema: dialect,
    title: 'grpc-conform.config.json',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      selectors: { description: 'rules, where none are named', type: 'array', items: { type: 'string' } },
      ...properties,
    },
    additionalProperties: false,
  };
}

/** What a file may say for a setting: a number where a text of digits would do as well. */
function typeOf(spec: SettingSpec): object {
  const one = spec.choices === undefined ? { type: ['string', 'number'] } : { enum: spec.choices };
  switch (spec.kind) {
    case 'switch':
      return { type: 'boolean' };
    case 'count':
      return { type: ['integer', 'string'], minimum: 0, maximum: 2 };
    case 'value':
      return spec.takesBoolean === true ? { enum: [...(spec.choices ?? []), true, false] } : one;
    case 'list': {
      const several = { type: 'array', items: one };
      return spec.takesOne === true ? { anyOf: [one, several] } : several;
    }
  }
}
