import type { Call } from '../../grpc/call';
import { status } from '../../grpc/status';
import { canonicalMessage } from '../../schema/canonical-message';
import { decodeMessage } from '../../schema/decode-message';
import type { Schema, SchemaMethod } from '../../schema/schema';
import { escapeOctets } from '../../wire/escape-octets';
import type { Breach } from '../../rules/violation';
import { plainOctets } from './answers';
import { callBreach, isRefusal } from './expectations';
import { describeCall } from '../../rules/reaction';

/**
 * Checks for methods of which only the descriptor is known. A handler of the user's may take its time or never end, and may answer with any status: what has not
 * come is no violation, what has come must be right.
 */

/** True when the target had not ended the call when we left it, and had not sent a whole message either. */
export function isUnanswered(call: Call): boolean {
  return (call.shape === 'open' || call.reset?.by === 'client') && call.messages.length === 0;
}

/** A gRPC answer, as far as there is one; a call that got none in time is recorded, so that nobody takes silence for conformance. */
export function answersInTime(call: Call): readonly Breach[] {
  if (call.shape === 'open' || call.reset?.by === 'client') return isUnanswered(call) ? [unanswered(call)] : [];
  const isGrpc = call.shape === 'normal' || call.shape === 'trailers-only';
  return isGrpc ? [] : [callBreach(call, 'a gRPC answer with Response-Headers or Trailers-Only')];
}

function unanswered(call: Call): Breach {
  const { mark: _, ...breach } = callBreach(call, 'an answer', 'the call was not answered in the time for an answer');
  return { ...breach, severity: 'info', reaction: 'no answer in time' };
}

/** Every message of the answer decodes as the type that the method declares; one that we cannot inflate is left to the rules of compression. */
export function decodesAsDeclared(call: Call, schema: Schema, { output }: SchemaMethod): readonly Breach[] {
  for (const [index, message] of call.messages.entries()) {
    const octets = plainOctets(call, message);
    if (octets === undefined) continue;
    const decoded = decodeMessage(schema, output, octets);
    if (decoded.ok) continue;
    return [
      {
        ...callBreach(call, `messages of the type ${output}`),
        observed: `message ${index} of the answer is no ${output}: ${decoded.problem} at octet ${decoded.at}`,
        reaction: 'undecodable message',
      },
    ];
  }
  return [];
}

/** Statuses by which a server says that it could not or would not serve just now: nothing follows from two different answers then. */
const passing: readonly number[] = [
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.UNAVAILABLE,
];

/**
 * The last of three calls, which says the same as the first two in another way, is answered like them. The first two are said in the same way: when they
 * differ, the method answers nothing twice, and the third is not judged.
 * @param way what is different about the third: `in other DATA frames`
 */
export function answersAlike(
  calls: readonly Call[],
  schema: Schema,
  { output }: SchemaMethod,
  way: string,
): readonly Breach[] {
  const [first, second, third] = calls;
  if (first === undefined || second === undefined || third === undefined) return [];
  if (calls.some((call) => isUnanswered(call) || passing.includes(call.status ?? status.OK))) return [];
  const meanings = [first, second, third].map((call) => meaningOf(call, schema, output));
  if (meanings[0] !== meanings[1]) {
    const breach = callBreach(second, 'the answer of the first time');
    const observed = `the same request got different answers: ${describeCall(first)}, then ${describeCall(second)}`;
    return [{ ...breach, observed, severity: 'info', reaction: 'answers differ by themselves' }];
  }
  if (meanings[1] === meanings[2]) return [];
  return [
    {
      ...callBreach(third, `the same answer as before: ${describeCall(first)}`),
      observed: `${way}, the same request gets another answer: ${describeCall(third)}`,
      reaction: reactionOf(first, third),
    },
  ];
}

const reactionOf = (before: Call, after: Call): string =>
  before.status === after.status
    ? 'another message'
    : `status ${after.status ?? 'missing'}, not ${before.status ?? 'missing'}`;

/** What an answer says, whatever its encoding is and whether it is compressed; fields that the type does not know say nothing. */
function meaningOf(call: Call, schema: Schema, type: string): string {
  const messages = call.messages.map((message) => {
    const octets = plainOctets(call, message) ?? message.octets;
    return canonicalMessage(schema, type, octets) ?? escapeOctets(octets, octets.length);
  });
  return JSON.stringify([call.shape === 'trailers-only' ? 'normal' : call.shape, call.status, messages]);
}

/** Refused in any visible way (see {@link isRefusal}), or not answered in time. */
export function isNotServed(call: Call, expected: string): readonly Breach[] {
  return isUnanswered(call) || isRefusal(call) ? [] : [callBreach(call, expected)];
}
