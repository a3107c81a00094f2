import { ConformError, isConformError } from '../../error';
import type { Need } from '../../facts/need';
import { listBriefly } from '../../list-briefly';
import { readNamedFile } from '../../read-named-file';
import { shortPrintable } from '../../report/printable';
import type { ServiceRecord, TargetRecord } from '../../report/model';
import { restrictSchema } from '../../schema/restrict-schema';
import type { Schema, SchemaMethod } from '../../schema/schema';
import { matchMethods, methodName } from './allow-methods';
import { reflect, type Reflection, type ReflectionOptions } from './reflection';
import { isUsersService } from './users-services';

/** Where descriptors come from, and which of the methods in them may be called. */
export interface SchemaOptions {
  /** `--proto`, `--import-path` and `--protoset` as given. */
  readonly proto?: readonly string[];
  readonly importPath?: readonly string[];
  readonly protoset?: readonly string[];
  /** `--use-reflection`; undefined: when methods are allowed and no file is named. */
  readonly useReflection?: boolean;
  /** Globs of methods that may be called; see {@link matchMethods}. Nothing else of the user's is ever called. */
  readonly method?: readonly string[];
  /** Globs of those that may be called again with the same request. */
  readonly idempotent?: readonly string[];
  /** Look at server reflection, when no file is named, without insisting on it: for listings. */
  readonly look?: boolean;
}

/** Descriptors as read, not yet restricted to what may be called. */
export interface KnownSchema {
  /** `server reflection v1`, `--proto user.proto`. */
  readonly from: string;
  readonly schema: Schema;
  /** Full names of all services, also of those that are not the user's or not described. */
  readonly services: readonly string[];
  readonly problems: readonly string[];
}

/** The user's own methods, as the run may use them. */
export interface OwnMethods {
  /** What may be called, and the types that it reaches; absent when nothing may. */
  readonly schema?: Schema;
  /** Paths of those that may be called again with the same request. */
  readonly idempotent: readonly string[];
  readonly offers: readonly Need[];
  readonly record?: NonNullable<TargetRecord['schema']>;
}

export const noOwnMethods: OwnMethods = { idempotent: [], offers: [] };

/** Files that hold descriptors for all of a large company; more is a mistake. */
const largestProtoset = 256 * 1024 * 1024;
/** Problems of descriptors in a report; a schema with a gap may have thousands of one kind. */
const mostProblems = 50;

/**
 * Reads the files that the options name and checks the options against each other and against the files. Sends nothing.
 *
 * @returns undefined when no file is named.
 * @throws ConformError ERR_USAGE for options that contradict each other and for globs that match nothing, ERR_SCHEMA for files that cannot be used.
 */
export function readSchemaFiles(options: SchemaOptions): KnownSchema | undefined {
  const { proto = [], importPath = [], protoset = [], useReflection, method = [], idempotent = [] } = options;
  if (proto.length > 0 && protoset.length > 0)
    throw usage('--proto and --protoset contradict each other: give one of them');
  if (proto.length === 0 && importPath.length > 0) throw usage('--import-path is for --proto: name the .proto files');
  if (idempotent.length > 0 && method.length === 0)
    throw usage('--idempotent is for methods that may be called: allow them with --method');
  const hasFiles = proto.length + protoset.length > 0;
  if (hasFiles && useReflection === true)
    throw usage(`--use-reflection contradicts ${proto.length > 0 ? '--proto' : '--protoset'}: give one of them`);
  if (!hasFiles) {
    if (method.length > 0 && useReflection === false)
      throw usage(
        '--method needs descriptors: name them with --proto or --protoset, or leave --use-reflection=false out',
      );
    return undefined;
  }
  const known = proto.length > 0 ? fromProtoFiles(proto, importPath) : fromProtosets(protoset);
  // A glob that matches nothing is said before anything is sent.
  allowMethods(known, options);
  return known;
}

function fromProtoFiles(files: readonly string[], importPaths: readonly string[]): KnownSchema {
  // Loaded on first use, as all readers here: most runs need none of them.
  const { readProtoFiles } = require('../../schema/read-proto-files') as typeof import('../../schema/read-proto-files');
  return fromFiles(`--proto ${listBriefly(files)}`, readProtoFiles(files, importPaths));
}

function fromProtosets(files: readonly string[]): KnownSchema {
  const { readDescriptorSets } =
    require('../../schema/read-descriptor-set') as typeof import('../../schema/read-descriptor-set');
  const sets = files.map((file) => ({ from: file, octets: readProtoset(file) }));
  return fromFiles(`--protoset ${listBriefly(files)}`, readDescriptorSets(sets));
}

function readProtoset(file: string): Uint8Array {
  const read = readNamedFile(file, { largest: largestProtoset });
  if (read.ok) return read.value;
  throw usage(
    `--protoset ${shortPrintable(file)} cannot be read: ${read.reason}: name a file that protoc wrote`,
    read.cause,
  );
}

function fromFiles(from: string, schema: Schema): KnownSchema {
  const paths = [...schema.methods, ...schema.unusable];
  return { from, schema, services: [...new Set(paths.map(serviceName))].sort(), problems: schema.problems ?? [] };
}

export interface FindOptions extends ReflectionOptions {
  readonly options: SchemaOptions;
  /** From {@link readSchemaFiles}. */
  readonly known?: KnownSchema;
  /** The target, for messages. */
  readonly where: string;
}

/**
 * The user's methods that may be called: from the files that were named, else by server reflection where that is wanted.
 *
 * @throws ConformError ERR_SCHEMA when methods are allowed and server reflection does not describe them, ERR_USAGE for globs that match nothing.
 */
export async function findOwnMethods(find: FindOptions): Promise<OwnMethods> {
  const { options, known, where } = find;
  if (known !== undefined) return allowMethods(known, options);
  const isAsked = options.useReflection ?? (options.method ?? []).length > 0;
  if (options.useReflection === false || !(isAsked || options.look === true)) return noOwnMethods;
  const found = await reflect(find);
  const remedy = 'name your files with --proto, or what protoc made of them with --protoset';
  try {
    return allowMethods(schemaOf(found, where, remedy), options);
  } catch (error) {
    if (isAsked || !isConformError(error)) throw error;
    const problem = error.message.replace(`${where}: `, '');
    return { ...noOwnMethods, record: { from: 'server reflection', services: [], problems: [problem] } };
  }
}

function schemaOf(found: Reflection, where: string, remedy: string): KnownSchema {
  switch (found.kind) {
    case 'absent':
      throw new ConformError('ERR_SCHEMA', `${where}: the target has no server reflection: ${remedy}`);
    case 'failed':
      throw new ConformError('ERR_SCHEMA', `${where}: ${found.reason}: ${remedy}`);
    case 'found': {
      const { services, files, problems } = found;
      const { readFileDescriptors } =
        require('../../schema/read-descriptor-set') as typeof import('../../schema/read-descriptor-set');
      const from = `server reflection ${found.version}`;
      const schema = readFileDescriptors(files, from);
      return { from, schema, services, problems: [...problems, ...(schema.problems ?? [])] };
    }
  }
}

const kinds = ['unary', 'client-streaming', 'server-streaming', 'bidirectional-streaming'] as const;

/**
 * Restricts what is known to what globs allow.
 * @throws ConformError ERR_USAGE when a glob matches nothing.
 */
export function allowMethods(known: KnownSchema, options: SchemaOptions): OwnMethods {
  const { method = [], idempotent: repeatable = [] } = options;
  const own = known.schema.methods.filter((one) => isUsersService(serviceName(one)));
  const unusable = known.schema.unusable.filter((one) => isUsersService(serviceName(one)));
  // By name: inputs shall not depend on where descriptors come from.
  const allowed = [...matchMethods(own, method, '--method', unusable)].sort((a, b) => (a.path < b.path ? -1 : 1));
  const named = new Set(matchMethods(allowed, repeatable, '--idempotent', unusable));
  const idempotent = allowed.filter((one) => one.idempotent || named.has(one));
  const offers: Need[] = [
    ...(allowed.length > 0 ? (['method'] as const) : []),
    ...kinds.filter((kind) => allowed.some((one) => one.kind === kind)).map((kind) => `${kind}-method` as const),
    ...(idempotent.some(({ kind }) => kind === 'unary') ? (['idempotent-method'] as const) : []),
  ];
  return {
    ...(allowed.length === 0 ? {} : { schema: restrictSchema(known.schema, allowed) }),
    idempotent: idempotent.map(({ path }) => path),
    offers,
    record: {
      from: known.from,
      services: serviceRecords(known.services, own, new Set(allowed), new Set(idempotent)),
      problems: shortenProblems([
        ...known.problems,
        ...unusable.map((one) => `${methodName(one)} cannot be called: ${one.reason}`),
      ]),
    },
  };
}

function shortenProblems(problems: readonly string[]): readonly string[] {
  const more = problems.length - mostProblems;
  return more > 0 ? [...problems.slice(0, mostProblems), `and ${more} more problems`] : problems;
}

function serviceRecords(
  names: readonly string[],
  methods: readonly SchemaMethod[],
  allowed: ReadonlySet<SchemaMethod>,
  idempotent: ReadonlySet<SchemaMethod>,
): readonly ServiceRecord[] {
  const byService = new Map<string, SchemaMethod[]>(names.map((name) => [name, []]));
  for (const method of methods) byService.get(serviceName(method))?.push(method);
  return [...byService].map(([name, own]) => ({
    name,
    isUsers: isUsersService(name),
    methods: own.map((method) => ({
      name: method.path.slice(method.path.lastIndexOf('/') + 1),
      kind: method.kind,
      input: method.input,
      output: method.output,
      allowed: allowed.has(method),
      idempotent: idempotent.has(method) || method.idempotent,
    })),
  }));
}

function serviceName({ path }: { readonly path: string }): string {
  return path.slice(path.startsWith('/') ? 1 : 0, path.lastIndexOf('/'));
}

function usage(message: string, cause?: unknown): ConformError {
  return new ConformError('ERR_USAGE', message, { cause });
}
