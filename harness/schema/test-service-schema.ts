import { protoFile } from '../package-root';
import type { Schema } from './schema';

let schema: Schema | undefined;

/** The types of grpc.testing.TestService, for messages of it that are broken on purpose. */
export function testServiceSchema(): Schema {
  // Loaded on first use: commands that generate nothing, such as `grpc-conform list`, start without it.
  const { readProtoFiles } = require('./read-proto-files') as typeof import('./read-proto-files');
  schema ??= readProtoFiles([protoFile('grpc/testing/test.proto')], [protoFile('')]);
  return schema;
}
