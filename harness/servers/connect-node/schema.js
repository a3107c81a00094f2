// Reads the repository's own .proto files: protobufjs makes descriptors of them, @bufbuild/protobuf the same schemas of those that its generated code has.
// Generating code would take protoc or buf, a binary for each platform.
import { fileURLToPath } from 'node:url';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import protobufjs from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';

/** As seen from build/, where this file is run. */
const protos = new URL('../../../../protos/', import.meta.url);

/** The descriptor of grpc.testing.TestService. @throws Error when a .proto file cannot be read. */
export function loadTestService() {
  const root = new protobufjs.Root();
  root.resolvePath = (_origin, target) => fileURLToPath(new URL(target, protos));
  root.loadSync('grpc/testing/test.proto', { keepCase: true });
  root.resolveAll();
  const set = root.toDescriptor('proto3');
  // protobufjs leaves out the names in JSON and writes the types of fields as they stand in the file; protoc would not. The package has no nested types.
  for (const file of set.file) {
    for (const { field } of file.messageType) {
      for (const one of field) {
        one.jsonName = protobufjs.util.camelCase(one.name);
        if (one.typeName) one.typeName = `.${file.package}.${one.typeName}`;
      }
    }
  }
  const octets = descriptor.FileDescriptorSet.encode(set).finish();
  return createFileRegistry(fromBinary(FileDescriptorSetSchema, octets)).getService('grpc.testing.TestService');
}
