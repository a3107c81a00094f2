import { join } from 'node:path';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
  type handleUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { Root } from 'protobufjs';
import { packageRoot } from '../package-root';
import { CallCounters } from '../servers/grpc-js/call-counters';
import { describeFiles } from '../servers/grpc-js/file-descriptors';
import { defineService } from '../servers/grpc-js/proto-files';
import { implementReflection, reflectionServiceNames } from '../servers/grpc-js/reflection';

interface UserRequest {
  readonly id: number;
}

export interface UserServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Methods of UserManager, once for each call. */
  readonly called: string[];
  /** What the metadata of each call said under `authorization`. */
  readonly authorizations: string[];
  readonly close: () => void;
}

const folder = join(packageRoot(), 'protos');
const files = [
  'examples/user_manager.proto',
  'grpc/reflection/v1/reflection.proto',
  'grpc/reflection/v1alpha/reflection.proto',
];

function loadFiles(keepCase: boolean): Root {
  const root = new Root();
  root.resolvePath = (_origin, target) => join(folder, target);
  root.loadSync(files, { keepCase });
  return root.resolveAll() as Root;
}

/** A server that knows nothing of us: UserManager of protos/examples, and server reflection unless told otherwise. */
export async function startUserServer(options: { readonly reflection?: boolean } = {}): Promise<UserServer> {
  const schemas = loadFiles(false);
  const server = new Server();
  const called: string[] = [];
  const authorizations: string[] = [];
  const note = (name: string, call: { metadata: { get: (name: string) => (string | Buffer)[] } }): void => {
    called.push(name);
    authorizations.push((call.metadata.get('authorization')[0] ?? '').toString());
  };
  const user = (id: number): object => ({ user: { id, nickname: `user ${id}` } });
  const unary =
    (name: string): handleUnaryCall<UserRequest, object> =>
    (call, done) => {
      note(name, call);
      done(null, user(call.request.id));
    };
  server.addService(defineService(schemas, 'UserManager'), {
    GetUser: unary('GetUser'),
    AddUser: unary('AddUser'),
    CountAlreadyUsers: (call: ServerReadableStream<UserRequest, object>, done: sendUnaryData<object>) => {
      note('CountAlreadyUsers', call);
      let users = 0;
      call.on('data', () => (users += 1));
      call.on('end', () => done(null, { userCnt: users }));
    },
    GetUsersByType: (call: ServerWritableStream<object, object>) => {
      note('GetUsersByType', call);
      for (const id of [1, 2]) call.write(user(id));
      call.end();
    },
    GetUsersByIds: (call: ServerDuplexStream<UserRequest, object>) => {
      note('GetUsersByIds', call);
      call.on('data', ({ id }: UserRequest) => call.write(user(id)));
      call.on('end', () => call.end());
    },
  });
  if (options.reflection !== false) {
    const described = describeFiles(loadFiles(true), folder);
    for (const name of reflectionServiceNames) {
      const services = ['UserManager', ...reflectionServiceNames];
      server.addService(defineService(schemas, name), implementReflection(described, services, new CallCounters()));
    }
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `127.0.0.1:${port}`, called, authorizations, close: () => server.forceShutdown() };
}
