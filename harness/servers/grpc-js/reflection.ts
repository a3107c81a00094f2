import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { Handlers } from './handlers';
import type { CallCounters } from './call-counters';
import type { FileDescriptor } from './file-descriptors';

/** The two versions of the service; they differ in nothing but the name. */
export const reflectionServiceNames = [
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
] as const;

interface ReflectionRequest {
  readonly host: string;
  readonly messageRequest?: string;
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
  readonly fileContainingExtension?: { readonly containingType: string };
  readonly allExtensionNumbersOfType?: string;
}

type ReflectionAnswer =
  | { readonly fileDescriptorResponse: { readonly fileDescriptorProto: readonly Buffer[] } }
  | { readonly allExtensionNumbersResponse: { readonly baseTypeName: string } }
  | { readonly listServicesResponse: { readonly service: readonly { readonly name: string }[] } }
  | { readonly errorResponse: { readonly errorCode: number; readonly errorMessage: string } };

/** Server reflection over the given files; extensions are unknown, since proto3 has none. */
export function implementReflection(
  files: ReadonlyMap<string, FileDescriptor>,
  services: readonly string[],
  counters: CallCounters,
): UntypedServiceImplementation {
  const fileOfSymbol = new Map([...files.values()].flatMap((file) => file.symbols.map((symbol) => [symbol, file])));
  return {
    ServerReflectionInfo: new Handlers({ counters }).bidirectionalStreaming<ReflectionRequest, object>(
      async (requests, { send }) => {
        const sent = new Set<string>();
        for await (const request of requests) {
          await send({ validHost: request.host, originalRequest: request, ...answer(request, sent) });
        }
      },
    ),
  };

  function answer(request: ReflectionRequest, sent: Set<string>): ReflectionAnswer {
    switch (request.messageRequest) {
      case 'listServices':
        return { listServicesResponse: { service: services.map((name) => ({ name })) } };
      case 'fileByFilename':
        return answerFile(files.get(request.fileByFilename ?? ''), sent);
      case 'fileContainingSymbol':
        return answerFile(fileOfSymbol.get(request.fileContainingSymbol ?? ''), sent);
      case 'fileContainingExtension':
        return answerError(status.NOT_FOUND, 'No such extension is known.');
      case 'allExtensionNumbersOfType': {
        const type = request.allExtensionNumbersOfType ?? '';
        if (!fileOfSymbol.has(type)) return answerError(status.NOT_FOUND, 'No such message is known.');
        return { allExtensionNumbersResponse: { baseTypeName: type } };
      }
      default:
        return answerError(status.INVALID_ARGUMENT, 'The request asks for nothing.');
    }
  }

  /** The file and all it imports, except what this stream has been given before; the file asked for itself is always sent. */
  function answerFile(file: FileDescriptor | undefined, sent: Set<string>): ReflectionAnswer {
    if (file === undefined) return answerError(status.NOT_FOUND, 'No such file or symbol is known.');
    const octets: Buffer[] = [];
    const add = ({ name, dependencies, octets: own }: FileDescriptor): void => {
      sent.add(name);
      octets.push(own);
      for (const dependency of dependencies) {
        const imported = files.get(dependency);
        if (imported !== undefined && !sent.has(dependency)) add(imported);
      }
    };
    add(file);
    return { fileDescriptorResponse: { fileDescriptorProto: octets } };
  }
}

function answerError(errorCode: number, errorMessage: string): ReflectionAnswer {
  return { errorResponse: { errorCode, errorMessage } };
}
