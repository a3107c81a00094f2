import fc from 'fast-check';
import type { CallRequest } from '../grpc/call-request';
import type { CallWriter, PlanBuilder } from '../grpc/plan-builder';
import {
  echoInitialName,
  echoTrailingName,
  emptyCall,
  fullDuplexCall,
  streamingInputCall,
  streamingOutputCall,
  unaryCall,
  unknownMethod,
} from '../grpc/test-service';
import { boundaryInteger } from './boundary-integer';
import { list } from './list';
import { responseSizes } from './message';
import { record } from './shapes';
import { statusCode } from './status';

/** An ordinary call of any kind: nothing is wrong with the request, whatever the answer is. */
export interface AskedCall {
  readonly method: 'unknown' | 'empty' | 'unary' | 'client-streaming' | 'server-streaming' | 'bidirectional-streaming';
  /** Octets of each message asked for, or sent to a client-streaming method. A unary method looks at the first alone. */
  readonly sizes: readonly number[];
  /** The status that a unary or bidirectional-streaming handler is asked for. */
  readonly status: number;
  /** Letters of the text of an error status. */
  readonly textLength: number;
  /** Metadata comes back in both blocks of the answer. */
  readonly echo: boolean;
}

export interface AskedCallConstraints {
  /** Most letters of the text of a status. @defaultValue 9 */
  readonly longestText?: number;
}

const shortText = 9;

/** The needs of each method; a target with none of them still answers calls to an unknown one. */
const methods = [
  ['empty', 'unary'],
  ['unary', 'unary'],
  ['client-streaming', 'client-streaming'],
  ['server-streaming', 'server-streaming'],
  ['bidirectional-streaming', 'bidirectional-streaming'],
] as const satisfies readonly (readonly [AskedCall['method'], string])[];

/**
 * One to `maxCount` ordinary calls of the kinds that a target offers, half of them with an error status where the handler can be asked for one. Shrinks to one
 * call to an unknown method.
 */
export function askedCalls(
  offers: readonly string[],
  { maxCount = 4, longestText = shortText }: AskedCallConstraints & { readonly maxCount?: number } = {},
): fc.Arbitrary<readonly AskedCall[]> {
  const offered = methods.filter(([, need]) => offers.includes(need)).map(([method]) => method);
  const ok = fc.constant(0);
  return list(
    record<AskedCall>({
      method: fc.constantFrom<AskedCall['method']>('unknown', ...offered),
      sizes: responseSizes({ maxCount: 5, maxLength: 20_000, maxTotal: 40_000 }),
      status: offers.includes('status') ? fc.oneof(ok, statusCode()) : ok,
      textLength: boundaryInteger({ max: longestText, boundaries: [shortText, 16_384] }),
      echo: offers.includes('metadata') ? fc.boolean() : fc.constant(false),
    }),
    { minCount: 1, maxCount },
  );
}

/** Ordinary calls that a property is to begin with: each kind that a target offers, ending well, ending badly, and with metadata where that can be asked for. */
export function askedCallExamples(
  offers: readonly string[],
  { longestText = shortText }: AskedCallConstraints = {},
): readonly (readonly AskedCall[])[] {
  const textLength = Math.min(shortText, longestText);
  const plain: AskedCall = { method: 'unknown', sizes: [1, 0, 2], status: 0, textLength, echo: false };
  const offered = methods.filter(([, need]) => offers.includes(need)).map(([method]) => method);
  const forms: Partial<AskedCall>[] = [
    {},
    ...(offers.includes('status')
      ? [
          { status: 13, textLength: longestText },
          { status: 5, sizes: [] },
        ]
      : []),
    ...(offers.includes('metadata') ? [{ echo: true }] : []),
  ];
  return [[plain], ...offered.map((method) => forms.map((form) => ({ ...plain, ...form, method })))];
}

/** Writes the call and the wait for its end. */
export function ask(script: PlanBuilder, asked: AskedCall): CallWriter {
  const metadata = [
    { name: echoInitialName, value: 'initial' },
    { name: echoTrailingName, value: 'AQID' },
  ];
  return script.call(requestOf(asked), asked.echo ? { metadata } : {});
}

function requestOf({ method, sizes, status: code, textLength }: AskedCall): CallRequest {
  const status = code === 0 ? {} : { status: { code, message: 'x'.repeat(textLength) } };
  const responses = sizes.map((size) => ({ size }));
  switch (method) {
    case 'unknown':
      return unknownMethod('/grpcconform.nobody.Service/Method');
    case 'empty':
      return emptyCall();
    case 'unary':
      return unaryCall({ responseSize: sizes[0] ?? 0, ...status });
    case 'client-streaming':
      return streamingInputCall(sizes.map((length) => ({ payload: new Uint8Array(length) })));
    case 'server-streaming':
      return streamingOutputCall({ responses });
    case 'bidirectional-streaming':
      // The status in a message of its own: handlers differ in whether answers asked for beside it come before it or not at all.
      return fullDuplexCall([{ responses }, ...(code === 0 ? [] : [{ responses: [], ...status }])]);
  }
}
