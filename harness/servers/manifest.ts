import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { ConformError, isConformError } from '../error';

const text = v.pipe(v.string('must be a text'), v.nonEmpty('must not be empty'));

/** Minutes that all build commands of a server may take when its manifest does not say: a cold build fetches and compiles every module. */
const defaultBuildMinutes = 10;

/** A program that a build or a start needs on the machine. */
const toolchainSchema = v.strictObject({
  command: text,
  args: v.array(text),
  install: text,
});

const manifestSchema = v.strictObject({
  name: v.pipe(text, v.regex(/^[a-z][a-z0-9-]*$/, 'must be made of lower-case letters, digits and hyphens')),
  title: text,
  language: text,
  version: text,
  role: v.picklist(['conformance', 'example'], 'must be conformance or example'),
  toolchains: v.pipe(v.array(toolchainSchema), v.minLength(1, 'must name what the server needs')),
  buildMinutes: v.optional(
    v.pipe(v.number('must be a number'), v.minValue(1, 'must be 1 or more'), v.maxValue(60, 'must be 60 or less')),
    defaultBuildMinutes,
  ),
  build: v.array(v.pipe(v.array(text), v.minLength(1, 'must name a command'))),
  exec: v.pipe(text, v.includes('{port}', 'must say where {port} goes')),
  run: v.optional(v.array(text), []),
  baseline: text,
  gracefulSignal: v.optional(v.picklist(['SIGTERM', 'SIGINT'], 'must be SIGTERM or SIGINT')),
});

/** How a real server is built and started; README.md beside this file says what each field means. */
export type ServerManifest = v.InferOutput<typeof manifestSchema> & {
  /** Where the manifest lies; commands run there and paths start there. */
  readonly folder: string;
};

/** What the manifests below a folder say. */
export interface Manifests {
  /** By name. */
  readonly sound: readonly ServerManifest[];
  readonly broken: readonly { readonly name: string; readonly error: ConformError }[];
}

/** The servers below a folder that have a manifest, by name. @throws ConformError ERR_CONFIG when a manifest is malformed. */
export function readManifests(folder: string): readonly ServerManifest[] {
  const { sound, broken } = surveyManifests(folder);
  for (const { error } of broken) throw error;
  return sound;
}

/** The same, where one manifest that is malformed does not hide the others. */
export function surveyManifests(folder: string): Manifests {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'manifest.json')))
    .map(({ name }) => name)
    .sort();
  const read = names.map((name) => ({ name, result: tryManifest(join(folder, name)) }));
  return {
    sound: read.flatMap(({ result }) => (isConformError(result) ? [] : [result])),
    broken: read.flatMap(({ name, result }) => (isConformError(result) ? [{ name, error: result }] : [])),
  };
}

function tryManifest(folder: string): ServerManifest | ConformError {
  try {
    return readManifest(folder);
  } catch (error) {
    if (isConformError(error)) return error;
    throw error;
  }
}

function readManifest(folder: string): ServerManifest {
  const file = join(folder, 'manifest.json');
  const parsed = v.safeParse(manifestSchema, parse(file));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new ConformError('ERR_CONFIG', `${file}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  if (parsed.output.name !== basename(folder)) {
    throw new ConformError('ERR_CONFIG', `${file}: name: must be that of its folder, ${basename(folder)}`);
  }
  return { ...parsed.output, folder };
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConformError('ERR_CONFIG', `${file} is no JSON file: ${String(error)}`, { cause: error });
  }
}
