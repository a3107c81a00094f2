import { createHash } from 'node:crypto';
import { protoFile } from '../../../package-root';
import { status } from '../../../grpc/status';
import { canonicalMessage } from '../../../schema/canonical-message';
import { encodeMessageValue } from '../../../schema/message-value';
import { readProtoFiles } from '../../../schema/read-proto-files';
import type { Schema } from '../../../schema/schema';
import type { Call } from '../call';
import type { RequestMessage } from '../request-body';
import { StatusError } from '../status-error';
import { dropOddEntries } from './lossy-maps';
import type { Service } from './service';

const specimen = 'botany.v1.Specimen';

/** Numbers of the map fields of a specimen. */
const maps: readonly number[] = [23, 24];

/** Descriptions that Expand sends. */
const copies = 4;

/** botany.v1.Herbarium: a service as users have them (see protos/examples/herbarium.proto). */
export function herbariumOf(): Service {
  return {
    name: 'botany.v1.Herbarium',
    methods: {
      Describe: { kind: 'unary', handle: (call, message) => describe(call, [message], 1) },
      Collect: { kind: 'client-streaming', handle: collect },
      Expand: { kind: 'server-streaming', handle: expand },
      Pour: { kind: 'server-streaming', handle: pour },
      Converse: { kind: 'bidirectional-streaming', handle: converse },
    },
  };
}

async function collect(call: Call): Promise<void> {
  const messages: RequestMessage[] = [];
  for (let message = await call.receive(); message !== undefined; message = await call.receive())
    messages.push(message);
  await describe(call, messages, messages.length);
}

async function expand(call: Call, message: RequestMessage): Promise<void> {
  for (let index = 1; index <= copies; index++) await describe(call, [message], index);
}

async function pour(call: Call, message: RequestMessage): Promise<void> {
  for (let index = 1; ; index++) await describe(call, [message], index);
}

async function converse(call: Call): Promise<void> {
  let count = 0;
  for (let message = await call.receive(); message !== undefined; message = await call.receive()) {
    await describe(call, [message], ++count);
  }
}

/** One description of all these messages. @throws StatusError INTERNAL when one does not decode (statuscodes: error parsing request proto). */
async function describe(call: Call, messages: readonly RequestMessage[], specimens: number): Promise<void> {
  const hash = createHash('sha256');
  for (const message of messages) hash.update(meaningOf(call, message)).update('\n');
  const description = encodeMessageValue([
    { number: 1, wire: 'text', text: hash.digest('hex') },
    { number: 2, wire: 'varint', value: String(specimens) },
  ]);
  await call.send(description);
}

function meaningOf(call: Call, { octets }: RequestMessage): string {
  const whole = call.behaviour.varies('lossy-maps') ? dropOddEntries(octets, maps) : octets;
  const meaning = canonicalMessage(loadSchema(), specimen, whole);
  if (meaning === undefined) throw new StatusError(status.INTERNAL, `the request is no ${specimen}`);
  return meaning;
}

/** True for the octets of a message that the methods understand. */
export const isSpecimen = (octets: Uint8Array): boolean =>
  canonicalMessage(loadSchema(), specimen, octets) !== undefined;

let schema: Schema | undefined;

// Read with the first call: a server that prints what it can do needs none of it.
const loadSchema = (): Schema => (schema ??= readProtoFiles([protoFile('examples/herbarium.proto')], []));
