import { relative, sep } from 'node:path';
import { Enum, MapField, Namespace, Root, Service, Type, type ReflectionObject } from 'protobufjs';
import * as descriptor from 'protobufjs/ext/descriptor';

/** One .proto file in the form that server reflection serves. */
export interface FileDescriptor {
  /** As it is imported. */
  readonly name: string;
  readonly dependencies: readonly string[];
  /** Full names of the messages, fields, enums, values, services and methods that it defines. */
  readonly symbols: readonly string[];
  /** google.protobuf.FileDescriptorProto, encoded. */
  readonly octets: Buffer;
}

interface FileParts {
  readonly package: string;
  readonly types: Type[];
  readonly enums: Enum[];
  readonly services: Service[];
}

/** The files of resolved schemas, by name. protobufjs itself writes one file per package, without imports and with relative type names; protoc would not. */
export function describeFiles(root: Root, folder: string): ReadonlyMap<string, FileDescriptor> {
  const parts = new Map<string, FileParts>();
  collect(root, (path) => relative(folder, path).split(sep).join('/'), parts);
  const fileOf = new Map<ReflectionObject, string>();
  for (const [name, { types, enums }] of parts) {
    for (const member of [...types.flatMap(withNested), ...enums]) fileOf.set(member, name);
  }
  return new Map([...parts].map(([name, file]) => [name, describeFile(name, file, fileOf)]));
}

function collect(namespace: Namespace, nameOf: (path: string) => string, parts: Map<string, FileParts>): void {
  for (const member of namespace.nestedArray) {
    const defines = member instanceof Type || member instanceof Enum || member instanceof Service;
    if (!defines) {
      if (member instanceof Namespace) collect(member, nameOf, parts);
      continue;
    }
    if (member.filename === null) continue;
    const name = nameOf(member.filename);
    const file = parts.get(name) ?? { package: plainName(namespace), types: [], enums: [], services: [] };
    parts.set(name, file);
    if (member instanceof Type) file.types.push(member);
    else if (member instanceof Enum) file.enums.push(member);
    else file.services.push(member);
  }
}

function describeFile(name: string, file: FileParts, fileOf: ReadonlyMap<ReflectionObject, string>): FileDescriptor {
  const types = file.types.flatMap(withNested);
  const used: (ReflectionObject | null)[] = [
    ...types.flatMap((type) => type.fieldsArray.map((field) => field.resolvedType)),
    ...file.services.flatMap(({ methodsArray }) =>
      methodsArray.flatMap((method) => [method.resolvedRequestType, method.resolvedResponseType]),
    ),
  ];
  const dependencies = new Set(used.flatMap((type) => (type === null ? [] : (fileOf.get(type) ?? []))));
  dependencies.delete(name);
  const enums = [
    ...file.enums,
    ...types.flatMap((type) => type.nestedArray.filter((nested) => nested instanceof Enum)),
  ];
  return {
    name,
    dependencies: [...dependencies],
    symbols: [
      ...[...types, ...file.services, ...enums].map(plainName),
      ...types.flatMap((type) => type.fieldsArray.map(plainName)),
      ...file.services.flatMap((service) => service.methodsArray.map(plainName)),
      // The values of an enum are siblings of the enum, not members of it.
      ...enums.flatMap((type) => Object.keys(type.values).map((value) => [plainName(type.parent), value].join('.'))),
    ],
    octets: Buffer.from(
      descriptor.FileDescriptorProto.encode(
        descriptor.FileDescriptorProto.create({
          name,
          package: file.package,
          dependency: [...dependencies],
          syntax: 'proto3',
          messageType: file.types.map(describeType),
          enumType: file.enums.map((type) => type.toDescriptor()),
          service: file.services.map((service) => service.toDescriptor()),
        }),
      ).finish(),
    ),
  };
}

function describeType(type: Type): descriptor.IDescriptorProto {
  const described = type.toDescriptor('proto3');
  qualify(type, described);
  return described;
}

/** Makes every type name absolute and names the entries of maps, as protoc does. */
function qualify(type: Type, described: descriptor.IDescriptorProto): void {
  type.fieldsArray.forEach((field, index) => {
    const target = described.field?.[index];
    if (target === undefined) return;
    const resolved = field.resolvedType?.fullName;
    if (field instanceof MapField) {
      const entry = described.nestedType?.find((nested) => nested.name === target.typeName);
      if (entry === undefined) return;
      // protoc requires this name; protobufjs leaves out its end.
      entry.name = `${entry.name}Entry`;
      target.typeName = `${type.fullName}.${entry.name}`;
      const value = entry.field?.[1];
      if (value !== undefined && resolved !== undefined) value.typeName = resolved;
    } else if (resolved !== undefined) {
      target.typeName = resolved;
    }
  });
  for (const nested of type.nestedArray) {
    const target = described.nestedType?.find(({ name }) => name === nested.name);
    if (nested instanceof Type && target !== undefined) qualify(nested, target);
  }
}

function withNested(type: Type): Type[] {
  return [type, ...type.nestedArray.flatMap((nested) => (nested instanceof Type ? withNested(nested) : []))];
}

/** protobufjs starts full names with a dot. */
function plainName(member: ReflectionObject | null): string {
  return member?.fullName.replace(/^\./, '') ?? '';
}
