import { join } from 'node:path';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { Root, type Type } from 'protobufjs';
import { ConformError } from '../../error';
import { packageRoot } from '../../package-root';

/** The .proto files of the services that this server offers, as they are imported. */
const servedFiles = [
  'grpc/testing/test.proto',
  'grpc/health/v1/health.proto',
  'grpc/reflection/v1/reflection.proto',
  'grpc/reflection/v1alpha/reflection.proto',
  'grpcconform/v1/probe.proto',
];

/** The folder that import paths start from. */
export function protosFolder(): string {
  return join(packageRoot(), 'protos');
}

/**
 * All served schemas, resolved. `keepCase` keeps field names as the files spell them; otherwise they are in camelCase, as the handlers use them.
 * @param more files of services that another server has beside these
 */
export function loadSchemas(options: { readonly keepCase: boolean }, more: readonly string[] = []): Root {
  const folder = protosFolder();
  const root = new Root();
  root.resolvePath = (_origin, target) => join(folder, target);
  root.loadSync([...servedFiles, ...more], { keepCase: options.keepCase });
  root.resolveAll();
  return root;
}

/** One service of the schemas in the form that grpc-js takes: methods by the name that the .proto file gives them. */
export function defineService(root: Root, fullName: string): ServiceDefinition {
  const service = root.lookupService(fullName);
  return Object.fromEntries(
    service.methodsArray.map((method) => {
      const { resolvedRequestType, resolvedResponseType } = method;
      if (resolvedRequestType === null || resolvedResponseType === null) {
        throw new ConformError('ERR_INTERNAL', `The messages of ${fullName}/${method.name} are not defined.`);
      }
      const request = codec(resolvedRequestType);
      const response = codec(resolvedResponseType);
      return [
        method.name,
        {
          path: `/${fullName}/${method.name}`,
          requestStream: method.requestStream === true,
          responseStream: method.responseStream === true,
          requestSerialize: request.encode,
          requestDeserialize: request.decode,
          responseSerialize: response.encode,
          responseDeserialize: response.decode,
        },
      ];
    }),
  );
}

/** Plain objects with every scalar set, absent messages null, and the name of the member that is set for each oneof. */
function codec(type: Type): {
  readonly encode: (message: object) => Buffer;
  readonly decode: (octets: Buffer) => object;
} {
  return {
    encode: (message) => Buffer.from(type.encode(type.fromObject(message)).finish()),
    decode: (octets) =>
      type.toObject(type.decode(octets), { defaults: true, arrays: true, oneofs: true, longs: Number, bytes: Buffer }),
  };
}
