import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toBinary } from '@bufbuild/protobuf';
import * as wkt from '@bufbuild/protobuf/wkt';
import { linkSchema } from './link-schema';
import { readFileDescriptors } from './read-descriptor-set';
import { readProtoFiles } from './read-proto-files';
import type { Schema } from './schema';
import { isWellKnownFile } from './well-known-files';

const folder = mkdtempSync(path.join(tmpdir(), 'well-known-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The files that protoc installs beside itself, by name below google/protobuf. */
const installed = [
  'any',
  'api',
  'c_sharp_features',
  'compiler/plugin',
  'cpp_features',
  'cpp_file_options',
  'cpp_options',
  'descriptor',
  'duration',
  'empty',
  'field_mask',
  'go_features',
  'java_features',
  'json_enumvalue_options',
  'json_options',
  'source_context',
  'struct',
  'timestamp',
  'type',
  'wrappers',
];

test.each(installed)('google/protobuf/%s.proto needs no folder', (name) => {
  const file = path.join(folder, 'a.proto');
  writeFileSync(file, `syntax = "proto3"; import "google/protobuf/${name}.proto"; message M {}`);
  expect(readProtoFiles([file], []).messages).toHaveLength(1);
});

test('files that protoc does not bring along need one', () => {
  expect(isWellKnownFile('google/protobuf/unittest.proto')).toBe(false);
});

test('types of plugins and features are known to methods', () => {
  const file = path.join(folder, 'plugin.proto');
  writeFileSync(
    file,
    `syntax = "proto2"; import "google/protobuf/compiler/plugin.proto"; import "google/protobuf/go_features.proto";
    message M { optional pb.GoFeatures.APILevel level = 1; }
    service S {
      rpc Generate(google.protobuf.compiler.CodeGeneratorRequest) returns (google.protobuf.compiler.CodeGeneratorResponse);
      rpc Tell(M) returns (pb.GoFeatures);
    }`,
  );
  const schema = readProtoFiles([file], []);
  expect(schema.unusable).toEqual([]);
  expect(schema.methods.map(({ path: name, output }) => [name, output])).toEqual([
    ['/S/Generate', 'google.protobuf.compiler.CodeGeneratorResponse'],
    ['/S/Tell', 'pb.GoFeatures'],
  ]);
});

describe('our descriptions say what those of @bufbuild/protobuf say', () => {
  const theirs = Object.entries(wkt).flatMap(([name, value]) =>
    name.startsWith('file_google_protobuf_') && 'proto' in value ? [value as typeof wkt.file_google_protobuf_any] : [],
  );
  const octets = theirs.map((file) => toBinary(wkt.FileDescriptorProtoSchema, file.proto));
  const described = readFileDescriptors(octets, 'their files');
  const names = [...described.messages.filter(({ mapEntry }) => !mapEntry), ...described.enums].map(({ name }) => name);
  const features = {};
  const own: Schema = linkSchema(
    [
      {
        name: 'all.proto',
        package: 'test',
        syntax: 'proto3',
        features,
        enums: [],
        services: [],
        messages: [
          {
            name: 'All',
            fields: names.map((name, at) => ({
              name: `f${at}`,
              number: at + 1,
              label: 'optional',
              type: 'named',
              typeName: `.${name}`,
              proto3Optional: false,
              features,
            })),
            messages: [],
            enums: [],
            oneofs: [],
            extensions: [],
            mapEntry: false,
            messageSet: false,
            features,
          },
        ],
      },
    ],
    'ours',
  );
  const sortNumbers = <T extends { readonly fields: readonly { readonly number: number }[] }>(type: T) => ({
    ...type,
    fields: type.fields.toSorted((a, b) => a.number - b.number),
  });

  test('of as many files', () => {
    expect(theirs.length).toBeGreaterThanOrEqual(15);
  });

  test.each(names)('%s', (name) => {
    const enumeration = ({ enums }: Schema) => enums.find((one) => one.name === name);
    const message = ({ messages }: Schema) => messages.filter((one) => one.name === name).map(sortNumbers);
    expect(enumeration(own)).toEqual(enumeration(described));
    expect(message(own)).toEqual(message(described));
  });
});
