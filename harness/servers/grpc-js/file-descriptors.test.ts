import { Root } from 'protobufjs';
import * as descriptor from 'protobufjs/ext/descriptor';
import { describeFiles } from './file-descriptors';
import { loadSchemas, protosFolder } from './proto-files';

const files = describeFiles(loadSchemas({ keepCase: true }), protosFolder());
const decode = (octets: Buffer): descriptor.IFileDescriptorProto =>
  descriptor.FileDescriptorProto.toObject(descriptor.FileDescriptorProto.decode(octets));

test('has one descriptor per file, with the imports and symbols of that file', () => {
  expect([...files.keys()].sort()).toEqual([
    'grpc/health/v1/health.proto',
    'grpc/reflection/v1/reflection.proto',
    'grpc/reflection/v1alpha/reflection.proto',
    'grpc/testing/empty.proto',
    'grpc/testing/messages.proto',
    'grpc/testing/test.proto',
    'grpcconform/v1/probe.proto',
  ]);
  const service = files.get('grpc/testing/test.proto');
  expect([...(service?.dependencies ?? [])].sort()).toEqual([
    'grpc/testing/empty.proto',
    'grpc/testing/messages.proto',
  ]);
  expect(files.get('grpc/health/v1/health.proto')?.symbols).toEqual(
    expect.arrayContaining([
      'grpc.health.v1.Health',
      'grpc.health.v1.Health.Check',
      'grpc.health.v1.HealthCheckRequest.service',
      'grpc.health.v1.HealthCheckResponse.ServingStatus',
      'grpc.health.v1.HealthCheckResponse.SERVING',
    ]),
  );
});

test('writes field names as the file has them, and type names absolute, those of maps too', () => {
  const fieldsOf = (file: string, message: string) =>
    decode(files.get(file)?.octets ?? Buffer.alloc(0)).messageType?.find(({ name }) => name === message);
  expect(fieldsOf('grpc/testing/messages.proto', 'SimpleRequest')?.field).toContainEqual(
    expect.objectContaining({ name: 'response_status', typeName: '.grpc.testing.EchoStatus' }),
  );
  expect(fieldsOf('grpc/health/v1/health.proto', 'HealthListResponse')).toMatchObject({
    field: [{ name: 'statuses', typeName: '.grpc.health.v1.HealthListResponse.StatusesEntry' }],
    nestedType: [
      {
        name: 'StatusesEntry',
        options: { mapEntry: true },
        field: [{}, { typeName: '.grpc.health.v1.HealthCheckResponse' }],
      },
    ],
  });
});

test('describes every schema completely: built again it is the same', () => {
  const set = descriptor.FileDescriptorSet.fromObject({
    file: [...files.values()].map(({ octets }) => decode(octets)),
  });
  const octets = descriptor.FileDescriptorSet.encode(set).finish();
  const rebuilt = Root.fromDescriptor(octets, { keepCase: true });
  rebuilt.resolveAll();
  const original = loadSchemas({ keepCase: true });
  for (const name of ['grpc.testing.StreamingOutputCallRequest', 'grpc.reflection.v1.ServerReflectionRequest']) {
    const shape = (root: Root) =>
      root
        .lookupType(name)
        .fieldsArray.map((field) => [field.name, field.id, field.type, field.repeated, field.partOf?.name]);
    const strip = (rows: unknown[][]) => rows.map((row) => row.map((cell) => String(cell).split('.').at(-1)));
    expect(strip(shape(rebuilt))).toEqual(strip(shape(original)));
  }
});
