import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, protoFile } from './package-root';

test('the package root holds our package.json', () => {
  expect(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))).toHaveProperty('name', 'grpc-conform');
});

test.each([
  'grpc/testing/test.proto',
  'grpc/health/v1/health.proto',
  'grpc/reflection/v1/reflection.proto',
  'grpc/reflection/v1alpha/reflection.proto',
  'grpcconform/v1/probe.proto',
])('%s is there', (file) => {
  expect(existsSync(protoFile(file))).toBe(true);
});
