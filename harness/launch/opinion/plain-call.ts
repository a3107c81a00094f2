import type { Step } from '../../connection/script';
import type { MethodKind, Plan } from '../../grpc/call-plan';
import { grpcContentType } from '../../grpc/content-type';
import { readMessages } from '../../grpc/length-prefixed-message';
import { isMetadataName, isReservedName } from '../../grpc/metadata';
import { joinOctets } from '../../wire/join-octets';

/** A legal call from header to half-close, without anything that only a raw client can say. */
export interface PlainCall {
  readonly kind: MethodKind;
  readonly path: string;
  readonly authority: string;
  /** Custom-Metadata, in order. Values of Binary-Headers are base64, as on the wire. */
  readonly metadata: readonly { readonly name: string; readonly value: string }[];
  readonly messages: readonly Uint8Array[];
}

/** Of a client, on a new connection (RFC 9113 §5.1.1). */
const firstStream = 1;

/**
 * The call of a plan whose only subject is one legal, complete call said in an ordinary way, so that an independent client can say it, too; undefined
 * for every other plan. What the engine added afterwards does not count.
 */
export function plainCallOf(plan: Plan): PlainCall | undefined {
  const subjects = plan.calls.filter(({ role }) => role !== 'afterwards');
  const [call] = subjects;
  if (call === undefined || subjects.length !== 1 || !call.legal || call.role !== 'subject') return undefined;
  // The stream that every client takes first: what a server does with another one, no independent client can see.
  if (call.stream !== firstStream) return undefined;
  const octets: Uint8Array[] = [];
  let fields: readonly { readonly name: string; readonly value: string }[] | undefined;
  let complete = false;
  for (const step of plan.steps) {
    if (belongsToAnother(plan, step, call)) continue;
    switch (step.do) {
      case 'open':
        if (!isOrdinaryOpening(step)) return undefined;
        break;
      case 'headers':
        if (fields !== undefined || !isOrdinaryHeader(step)) return undefined;
        fields = step.fields;
        break;
      case 'data':
        if (complete || !isOrdinaryData(step)) return undefined;
        octets.push(step.octets);
        complete = step.endStream;
        break;
      case 'await':
        // An independent client says the whole request at once: it cannot wait for answers in between.
        if (!complete) return undefined;
        break;
      default:
        return undefined;
    }
  }
  if (fields === undefined || !complete) return undefined;
  const { messages, partial } = readMessages(joinOctets(octets));
  if (partial !== undefined || messages.some(({ compressedFlag }) => compressedFlag !== 0)) return undefined;
  const header = readHeader(fields, call.path);
  return header && { kind: call.kind, ...header, messages: messages.map((message) => message.octets) };
}

/** True for the steps of what the engine added: streams of other calls, connections that our call is not on. */
function belongsToAnother(plan: Plan, step: Step, call: Plan['calls'][number]): boolean {
  if (!('on' in step)) return false;
  if (step.on !== call.connection)
    return plan.calls.some(({ connection, role }) => connection === step.on && role === 'afterwards');
  const stream = streamOf(step);
  return (
    stream !== undefined &&
    stream !== call.stream &&
    plan.calls.some((other) => other.connection === step.on && other.stream === stream)
  );
}

function streamOf(step: Step): number | undefined {
  if (step.do === 'headers' || step.do === 'data') return step.stream;
  return step.do === 'await' && 'stream' in step.until ? step.until.stream : undefined;
}

function isOrdinaryOpening(step: Extract<Step, { do: 'open' }>): boolean {
  return Object.entries(step).every(([name, value]) => value === undefined || name === 'do' || name === 'on');
}

function isOrdinaryHeader(step: Extract<Step, { do: 'headers' }>): boolean {
  const isPlain = Object.entries(step).every(
    ([name, value]) => value === undefined || ['do', 'on', 'stream', 'fields', 'endStream'].includes(name),
  );
  return isPlain && !step.endStream;
}

function isOrdinaryData(step: Extract<Step, { do: 'data' }>): boolean {
  return Object.entries(step).every(
    ([name, value]) => value === undefined || ['do', 'on', 'stream', 'octets', 'endStream'].includes(name),
  );
}

function readHeader(
  fields: readonly { readonly name: string; readonly value: string }[],
  path: string,
): Pick<PlainCall, 'path' | 'authority' | 'metadata'> | undefined {
  const ordinary = new Map<string, (value: string) => boolean>([
    [':method', (value) => value === 'POST'],
    [':scheme', (value) => value === 'http' || value === 'https'],
    [':path', (value) => value === path],
    [':authority', (value) => value !== ''],
    ['te', (value) => value === 'trailers'],
    ['content-type', (value) => value === grpcContentType],
  ]);
  const seen = new Set<string>();
  let authority: string | undefined;
  const metadata: { name: string; value: string }[] = [];
  for (const { name, value } of fields) {
    const isOrdinary = ordinary.get(name);
    if (isOrdinary === undefined) {
      // Timeouts and encodings are fields that independent clients write in their own way.
      if (isReservedName(name) || !isMetadataName(name)) return undefined;
      metadata.push({ name, value });
      continue;
    }
    if (seen.has(name) || !isOrdinary(value)) return undefined;
    seen.add(name);
    if (name === ':authority') authority = value;
  }
  return seen.size === ordinary.size && authority !== undefined ? { path, authority, metadata } : undefined;
}
