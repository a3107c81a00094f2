import { octetsOf, readFields, readText, textOf } from './protobuf-fields';

/** What a FileDescriptorProto defines that server reflection can be asked for by name. */
export interface FileSymbols {
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly services: readonly string[];
  /** `package.Service.Method`. */
  readonly methods: readonly string[];
  /** Nested ones as well, but not the entries of maps, which compilers make up. */
  readonly messages: readonly string[];
}

/** Messages are not nested more deeply by anybody; what is nested more deeply is left out. */
const deepest = 32;

/**
 * Reads a FileDescriptorProto: name = 1, package = 2, dependency = 3, message_type = 4, service = 6. Names are full names without a leading dot, as the target
 * spells them. Undefined when the octets are none.
 */
export function readFileSymbols(octets: Uint8Array): FileSymbols | undefined {
  const file = readFields(octets);
  const name = file && textOf(file, 1);
  if (file === undefined || name === undefined || name === '') return undefined;
  const inside = textOf(file, 2);
  const services = named(octetsOf(file, 6), inside);
  const messages: Named[] = [];
  let level: readonly Named[] | undefined = named(octetsOf(file, 4), inside);
  for (let depth = 0; level !== undefined && level.length > 0 && depth < deepest; depth++) {
    level = level.filter(({ fields }) => !isMapEntry(fields));
    messages.push(...level);
    // nested_type = 3.
    level = inAll(level, 3);
  }
  const methods = services && inAll(services, 2);
  if (services === undefined || level === undefined || methods === undefined) return undefined;
  const namesOf = (all: readonly Named[]) => all.map((one) => one.name);
  return {
    name,
    dependencies: octetsOf(file, 3).map(readText),
    services: namesOf(services),
    methods: namesOf(methods),
    messages: namesOf(messages),
  };
}

/** options = 7, of these map_entry = 7. */
const isMapEntry = (message: Named['fields']): boolean =>
  octetsOf(message, 7).some((options) =>
    readFields(options)?.some((option) => option.number === 7 && 'varint' in option && option.varint === 1),
  );

interface Named {
  readonly name: string;
  readonly fields: NonNullable<ReturnType<typeof readFields>>;
}

/** The descriptors in one field of several others. */
function inAll(outer: readonly Named[], number: number): readonly Named[] | undefined {
  const inner = outer.map(({ name, fields }) => named(octetsOf(fields, number), name));
  return inner.every((some) => some !== undefined) ? inner.flat() : undefined;
}

/** Descriptors whose name is field 1, by their full names; undefined when one cannot be read. */
function named(descriptors: readonly Uint8Array[], inside: string): readonly Named[] | undefined {
  const all = descriptors.map((octets) => {
    const fields = readFields(octets);
    return fields && { name: inside === '' ? textOf(fields, 1) : `${inside}.${textOf(fields, 1)}`, fields };
  });
  return all.every((one) => one !== undefined) ? all : undefined;
}
