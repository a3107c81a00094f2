import type { EnumType, MessageType, SchemaField } from './schema';

export type LinkedType = { readonly message: MessageType } | { readonly enumeration: EnumType };

/** Who describes a type, for words: `old.pb`. */
export interface Sides {
  readonly first: string;
  readonly second: string;
}

/** The first difference between two descriptions of a type that can be seen in its values: a clause; undefined when there is none. Order means nothing. */
export function describeDifference(first: LinkedType, second: LinkedType, sides: Sides): string | undefined {
  if ('message' in first && 'message' in second) return compareMessages(first.message, second.message, sides);
  if ('enumeration' in first && 'enumeration' in second) {
    return compareEnums(first.enumeration, second.enumeration, sides);
  }
  return `it is ${kindOf(first)} in ${sides.first} and ${kindOf(second)} in ${sides.second}`;
}

function kindOf(type: LinkedType): string {
  return 'message' in type ? 'a message' : 'an enum';
}

function compareMessages(first: MessageType, second: MessageType, sides: Sides): string | undefined {
  const others = fieldsByNumber(second);
  const own = fieldsByNumber(first);
  for (const number of [...new Set([...own.keys(), ...others.keys()])].sort((a, b) => a - b)) {
    const [a, b] = [own.get(number), others.get(number)];
    if (a === undefined || b === undefined) {
      return `only ${a === undefined ? sides.second : sides.first} has its field ${(a ?? b)!.name} = ${number}`;
    }
    if (JSON.stringify(a) !== JSON.stringify(b)) return `its field ${number} ${describeFieldDifference(a, b)}`;
  }
  if (first.mapEntry !== second.mapEntry) return 'it is the entry of a map in one of them';
  return JSON.stringify(first.extensions.toSorted(byStart)) === JSON.stringify(second.extensions.toSorted(byStart))
    ? undefined
    : 'it has other numbers for extensions';
}

function byStart([a]: readonly [number, number], [b]: readonly [number, number]): number {
  return a - b;
}

function fieldsByNumber({ fields }: MessageType): ReadonlyMap<number, SchemaField> {
  return new Map(fields.map((field) => [field.number, field]));
}

function describeFieldDifference(first: SchemaField, second: SchemaField): string {
  if (first.name !== second.name) return `is ${first.name} in one and ${second.name} in the other`;
  const [a, b] = [typeName(first), typeName(second)];
  if (a !== b) return `(${first.name}) has the type ${a} in one and ${b} in the other`;
  if (first.cardinality !== second.cardinality) {
    return `(${first.name}) is ${first.cardinality} in one and ${second.cardinality} in the other`;
  }
  return `(${first.name}) has other rules in one than in the other: presence, packing, UTF-8, encoding or oneof`;
}

function typeName({ type }: SchemaField): string {
  return type.kind === 'scalar' ? type.scalar : type.name;
}

function compareEnums(first: EnumType, second: EnumType, sides: Sides): string | undefined {
  const [own, others] = [new Set(first.numbers), new Set(second.numbers)];
  const more = first.numbers.find((number) => !others.has(number));
  if (more !== undefined) return `only ${sides.first} has its value ${more}`;
  const less = second.numbers.find((number) => !own.has(number));
  if (less !== undefined) return `only ${sides.second} has its value ${less}`;
  if (first.numbers[0] !== second.numbers[0]) return 'it begins with another value in one than in the other';
  return first.closed === second.closed ? undefined : 'it is open in one and closed in the other';
}
