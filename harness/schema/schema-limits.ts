import { ConformError } from '../error';

/** An ASCII identifier as the language defines it (https://protobuf.dev/reference/protobuf/proto3-spec/#identifiers), and generous towards names that begin with `_`. */
const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Bounds of what descriptors may hold: beyond them somebody made a mistake, or means us harm. The largest public collection, googleapis with its previews,
 * had 7,300 files, 51,000 messages, 9,600 enums of 64,000 values, 200,000 fields, 1,900 services and 13,400 methods in August 2026; each bound is about
 * four times that or more, so that somebody's own may be larger and a few versions may lie side by side. Reading up to them takes two thirds of a GiB from
 * descriptors, and about twice as much from .proto files.
 */
export const schemaLimits = {
  /** Octets of all descriptors together; with places and comments of the source (protoc's --include_source_info) they have four times as many. */
  octets: 256 * 1024 * 1024,
  files: 40_000,
  messages: 200_000,
  enums: 50_000,
  enumValues: 300_000,
  fields: 800_000,
  services: 20_000,
  methods: 60_000,
  /** Messages within messages; protoc takes 32. */
  depth: 32,
  /** Characters of a full name. */
  nameLength: 1000,
  /** Parts of a full name. */
  nameParts: 64,
} as const;

export type CountedThing = 'files' | 'messages' | 'enums' | 'enumValues' | 'fields' | 'services' | 'methods';

const words: Readonly<Record<CountedThing, string>> = {
  files: 'files',
  messages: 'messages',
  enums: 'enums',
  enumValues: 'enum values',
  fields: 'fields',
  services: 'services',
  methods: 'methods',
};

/** Counts what descriptors hold, and refuses them as soon as it is too much. */
export class SchemaCounter {
  readonly #counts = new Map<CountedThing, number>();
  readonly #whole: SchemaCounter | undefined;

  /** @param whole counts what this one is a part of. */
  constructor(
    readonly from: string,
    whole?: SchemaCounter,
  ) {
    this.#whole = whole;
  }

  /** @throws ConformError ERR_SCHEMA */
  count(what: CountedThing): void {
    if (this.#whole !== undefined) return this.#whole.count(what);
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    if (count > schemaLimits[what]) {
      this.refuse(`more than ${schemaLimits[what]} ${words[what]}; leave out what the methods do not need`);
    }
  }

  /** @throws ConformError ERR_SCHEMA when messages are nested too deeply. */
  nest(depth: number): void {
    if (depth > schemaLimits.depth) this.refuse(`messages nested more than ${schemaLimits.depth} deep`);
  }

  /**
   * A name that is an identifier.
   * @throws ConformError ERR_SCHEMA
   */
  identifier(name: string, of: string): string {
    if (name.length > schemaLimits.nameLength || !identifier.test(name)) this.refuse(`${quoteName(name)} as ${of}`);
    return name;
  }

  /**
   * A name of identifiers with dots between them.
   * @throws ConformError ERR_SCHEMA
   */
  fullName(name: string, of: string): string {
    const isShort = name.length <= schemaLimits.nameLength;
    const parts = isShort ? name.split('.') : [];
    if (parts.length === 0 || parts.length > schemaLimits.nameParts || !parts.every((part) => identifier.test(part))) {
      this.refuse(`${quoteName(name)} as ${of}`);
    }
    return name;
  }

  /** @throws ConformError ERR_SCHEMA always */
  refuse(what: string): never {
    throw new ConformError('ERR_SCHEMA', `${this.from} cannot be used: it has ${what}`);
  }
}

/** A name that somebody else wrote, fit for a terminal: printable ASCII in quotes, and not too long. */
export function quoteName(name: string): string {
  return `"${escapeName(name, 60)}"`;
}

/** The name of a file that somebody else wrote, fit for a terminal as well; paths are longer. */
export function showFileName(name: string): string {
  return escapeName(name, 200);
}

function escapeName(name: string, longest: number): string {
  const start = name.slice(0, longest).replace(/[^ -~]|["\\]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `${start}${name.length > longest ? '…' : ''}`;
}
