import { status } from '../../../grpc/status';
import type { Policy } from '../policy';
import type { Seams } from '../seams';
import type { ReflectionAnswer } from '../services/reflection';
import { StatusError } from '../status-error';
import { mutantsOf, type Mutant } from './mutant';

/** Questions answered otherwise. */
const reflecting = (reflect: Policy['reflect']): Seams => ({ policy: { reflect } });

/** Another answer to a question of a kind, from the place on the stream. */
const instead = (
  kind: string | undefined,
  answer: (correct: ReflectionAnswer, asked: Parameters<Policy['reflect']>[0]) => ReflectionAnswer,
  from = 0,
): Seams =>
  reflecting((asked, correct) => {
    const { validHost, originalRequest, ...right } = correct();
    const isThat = asked.request.messageRequest === kind && asked.index >= from;
    return [{ validHost, originalRequest, ...(isThat ? answer(right, asked) : right) }];
  });

const listed = (change: (names: readonly string[]) => readonly string[], from = 0): Seams =>
  instead(
    'listServices',
    ({ listServicesResponse }) => ({
      listServicesResponse: {
        service: change((listServicesResponse?.service ?? []).map(({ name }) => name)).map((name) => ({ name })),
      },
    }),
    from,
  );

const given = (kind: string, change: (files: readonly Uint8Array[]) => readonly Uint8Array[], from = 0): Seams =>
  instead(
    kind,
    (correct) =>
      correct.fileDescriptorResponse === undefined
        ? correct
        : {
            fileDescriptorResponse: { fileDescriptorProto: change(correct.fileDescriptorResponse.fileDescriptorProto) },
          },
    from,
  );

/** Errors with another code, or something else in their place. */
const failing = (kind: string | undefined, answer: ReflectionAnswer): Seams =>
  instead(kind, (correct) => (correct.errorResponse === undefined ? correct : answer));

const error = (errorCode: number): ReflectionAnswer => ({ errorResponse: { errorCode, errorMessage: 'other' } });
const noFiles: ReflectionAnswer = { fileDescriptorResponse: { fileDescriptorProto: [] } };

/** Mutants of server reflection. */
export const reflectionMutants: readonly Mutant[] = [
  ...mutantsOf('SVC-07-reflection-list-services', {
    'second-unanswered': {
      says: 'Of several questions on a stream each second one gets no response',
      ...reflecting(({ index }, correct) => (index % 2 === 1 ? [] : [correct()])),
    },
    'fourth-twice': {
      says: 'The fourth question on a stream gets two responses',
      ...reflecting(({ index }, correct) => (index === 3 ? [correct(), correct()] : [correct()])),
    },
    'listed-twice': {
      says: 'From the second list of a stream on, services are there twice',
      ...listed((names) => [...names, ...names.slice(0, 1)], 1),
    },
    'one-left-out': {
      says: 'The first service is not listed',
      ...listed((names) => names.slice(1)),
    },
    'health-left-out': {
      says: 'The health service is not listed',
      ...listed((names) => names.filter((name) => !name.includes('health'))),
    },
    'third-empty': {
      says: 'From the third list of a stream on, no service is there',
      ...listed(() => [], 2),
    },
    'no-echo': {
      says: 'original_request says nothing from the second response of a stream on',
      ...reflecting(({ index, request }, correct) => [
        index === 0 ? correct() : { ...correct(), originalRequest: { host: request.host } },
      ]),
    },
    'ends-after-one': {
      says: 'The stream ends with INTERNAL in place of a second answer',
      ...reflecting(({ index }, correct) => {
        if (index > 0) throw new StatusError(status.INTERNAL, 'one is enough');
        return [correct()];
      }),
    },
  }),
  ...mutantsOf('SVC-08-reflection-descriptors', {
    'no-imports': {
      says: 'A file that others import is not found by its name',
      ...instead('fileByFilename', (correct, { request }) =>
        request.fileByFilename.includes('messages') ? error(status.NOT_FOUND) : correct,
      ),
    },
    'methods-unknown': {
      says: 'The symbol of a method is not found',
      ...instead('fileContainingSymbol', (correct, { request }) =>
        /\.[A-Z]\w*\.[A-Z]\w*$/.test(request.fileContainingSymbol) ? error(status.NOT_FOUND) : correct,
      ),
    },
    'last-file-first': {
      says: 'Of a symbol whose file imports others, the file itself is left out',
      ...given('fileContainingSymbol', (files) => (files.length > 1 ? files.slice(1) : files)),
    },
    'cut-descriptor': {
      says: 'Descriptors of more than 500 octets lack their last octet',
      ...given('fileByFilename', (files) => files.map((file) => (file.length > 500 ? file.slice(0, -1) : file))),
    },
    'nothing-again': {
      says: 'From the fourth question on, a file is an empty list',
      ...given('fileByFilename', () => [], 3),
    },
    'extension-files': {
      says: 'The question for the extensions of a type is answered by an empty list of files',
      ...instead('allExtensionNumbersOfType', () => noFiles),
    },
  }),
  ...mutantsOf('SVC-09-reflection-errors-in-band', {
    'symbol-unanswered': {
      says: 'An unknown symbol gets no response',
      ...reflecting(({ request }, correct) => {
        const right = correct();
        return request.messageRequest === 'fileContainingSymbol' && right.errorResponse !== undefined ? [] : [right];
      }),
    },
    'file-empty': {
      says: 'An unknown file is an empty list of files',
      ...failing('fileByFilename', noFiles),
    },
    'symbol-internal': {
      says: 'An unknown symbol gets the error INTERNAL',
      ...failing('fileContainingSymbol', error(status.INTERNAL)),
    },
    'extension-ok': {
      says: 'An unknown extension gets the error 0',
      ...failing('fileContainingExtension', error(status.OK)),
    },
    'type-empty': {
      says: 'A type that is unknown has no extensions',
      ...failing('allExtensionNumbersOfType', {
        allExtensionNumbersResponse: { baseTypeName: '', extensionNumber: [] },
      }),
    },
    'nothing-lists': {
      says: 'A question for nothing is answered by an empty list of services',
      ...instead(undefined, () => ({ listServicesResponse: { service: [] } })),
    },
    'ends-stream': {
      says: 'The stream ends with NOT_FOUND for an unknown file',
      ...reflecting(({ request }, correct) => {
        const right = correct();
        if (request.messageRequest === 'fileByFilename' && right.errorResponse !== undefined)
          throw new StatusError(status.NOT_FOUND, 'no such file');
        return [right];
      }),
    },
    'silent-afterwards': {
      says: 'The services are not listed any more behind two errors',
      ...instead('listServices', () => ({ listServicesResponse: undefined }), 2),
    },
  }),
  ...mutantsOf('SVC-10-reflection-versions-agree', {
    'alpha-lists-less': {
      says: 'v1alpha does not list the last service',
      ...instead('listServices', (correct, { version }) =>
        version === 'v1alpha'
          ? { listServicesResponse: { service: correct.listServicesResponse?.service.slice(0, -1) ?? [] } }
          : correct,
      ),
    },
    'alpha-other-file': {
      says: 'v1alpha gives the files of a symbol without the last one',
      ...instead('fileContainingSymbol', (correct, { version }) =>
        version === 'v1alpha' && correct.fileDescriptorResponse !== undefined
          ? {
              fileDescriptorResponse: {
                fileDescriptorProto: correct.fileDescriptorResponse.fileDescriptorProto.slice(0, -1),
              },
            }
          : correct,
      ),
    },
    'alpha-other-error': {
      says: 'v1alpha has another error for what v1 does not find',
      ...reflecting(({ version }, correct) => {
        const right = correct();
        return [
          version === 'v1alpha' && right.errorResponse !== undefined ? { ...right, ...error(status.UNKNOWN) } : right,
        ];
      }),
    },
    'v1-unimplemented': {
      says: 'v1 is refused with UNIMPLEMENTED when more than one question is asked',
      ...reflecting(({ version, index }, correct) => {
        if (version === 'v1' && index > 0) throw new StatusError(status.UNIMPLEMENTED, 'no such method');
        return [correct()];
      }),
    },
  }),
];
