import { status } from '../../../grpc/status';
import { reflectionService } from '../../../schema/reflection-messages';
import type { ReflectionVersion } from '../../../schema/reflection-versions';
import { describeFiles, type FileDescriptor } from '../../grpc-js/file-descriptors';
import { loadSchemas, protosFolder } from '../../grpc-js/proto-files';
import type { Call } from '../call';
import { StatusError } from '../status-error';
import { decodeRequest, encodeResponse, type ReflectionRequest, type ReflectionResponse } from './messages';
import type { Service } from './service';

/** What is left of a response when who asked is taken away. */
export type ReflectionAnswer = Omit<ReflectionResponse, 'validHost' | 'originalRequest'>;

/** A question to server reflection, as a decision sees it. */
export interface ReflectionAsked {
  readonly request: ReflectionRequest;
  readonly version: ReflectionVersion;
  /** How many questions came before on the stream. */
  readonly index: number;
}

/** grpc.reflection over what is in protos/. proto3 has no extensions, so none is known. @param services full names of those that are served, once all are */
export function reflectionOf(version: ReflectionVersion, services: () => readonly string[]): Service {
  return {
    name: reflectionService(version),
    methods: {
      ServerReflectionInfo: { kind: 'bidirectional-streaming', handle: (call) => converse(call, version, services) },
    },
  };
}

async function converse(call: Call, version: ReflectionVersion, services: () => readonly string[]): Promise<void> {
  if (version === 'v1alpha' && call.behaviour.varies('no-reflection-v1alpha'))
    throw new StatusError(status.UNIMPLEMENTED, 'no such method');
  const sent = new Set<string>();
  for (let index = 0; ; index++) {
    const message = await call.receive();
    if (message === undefined) return;
    const request = decodeRequest('grpc.reflection.v1.ServerReflectionRequest', message.octets);
    const correct = (): ReflectionResponse => ({
      validHost: request.host,
      originalRequest: request,
      ...answer(request, services(), sent, call.behaviour.varies('reflects-one-file')),
    });
    for (const response of call.behaviour.policy.reflect({ request, version, index }, correct))
      await call.send(encodeResponse('grpc.reflection.v1.ServerReflectionResponse', response));
  }
}

function answer(
  request: ReflectionRequest,
  services: readonly string[],
  sent: Set<string>,
  alone: boolean,
): ReflectionAnswer {
  const { files, symbols } = described();
  switch (request.messageRequest) {
    case 'listServices':
      return { listServicesResponse: { service: services.map((name) => ({ name })) } };
    case 'fileByFilename':
      return giveFile(files.get(request.fileByFilename), sent, alone);
    case 'fileContainingSymbol':
      return giveFile(symbols.get(request.fileContainingSymbol), sent, alone);
    case 'allExtensionNumbersOfType': {
      const baseTypeName = request.allExtensionNumbersOfType;
      return symbols.has(baseTypeName)
        ? { allExtensionNumbersResponse: { baseTypeName, extensionNumber: [] } }
        : refuse(status.NOT_FOUND, 'no such message');
    }
    case 'fileContainingExtension':
      return refuse(status.NOT_FOUND, 'no such extension');
    default:
      return refuse(status.INVALID_ARGUMENT, 'the request asks for nothing');
  }
}

/** The file, and what it imports and the stream was not given before. */
function giveFile(file: FileDescriptor | undefined, sent: Set<string>, alone: boolean): ReflectionAnswer {
  if (file === undefined) return refuse(status.NOT_FOUND, 'no such file or symbol');
  const given: Uint8Array[] = [];
  const give = (one: FileDescriptor): void => {
    sent.add(one.name);
    given.push(one.octets);
    if (alone) return;
    for (const name of one.dependencies) {
      const imported = described().files.get(name);
      if (imported !== undefined && !sent.has(name)) give(imported);
    }
  };
  give(file);
  return { fileDescriptorResponse: { fileDescriptorProto: given } };
}

const refuse = (errorCode: number, errorMessage: string): ReflectionAnswer => ({
  errorResponse: { errorCode, errorMessage },
});

let known: ReturnType<typeof describe> | undefined;

/** With the first question: a server that nobody asks needs none of it. */
const described = () => (known ??= describe());

/** Services as users have them, which this server has beside those of the bundled one. */
const ownFiles = ['examples/herbarium.proto', 'examples/keeper.proto'];

function describe() {
  const files = describeFiles(loadSchemas({ keepCase: true }, ownFiles), protosFolder());
  const symbols = new Map([...files.values()].flatMap((file) => file.symbols.map((symbol) => [symbol, file] as const)));
  return { files, symbols };
}
