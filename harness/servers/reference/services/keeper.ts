import { status } from '../../../grpc/status';
import { FieldReader } from '../../../schema/field-reader';
import { encodeMessageValue } from '../../../schema/message-value';
import { StatusError } from '../status-error';
import type { Service } from './service';

/** A length of 0 behind a tag with the field number 0, which no message has (encoding guide, "Message Structure"). */
const fieldZero = Uint8Array.of(0x02, 0x00);

/** botany.v1.Keeper: a method whose request has no fields (see protos/examples/keeper.proto). */
export function keeperOf(): Service {
  return {
    name: 'botany.v1.Keeper',
    methods: {
      Ring: {
        kind: 'unary',
        handle: async (call, { octets }) => {
          const isTolerated = call.behaviour.varies('field-zero') && Buffer.compare(octets, fieldZero) === 0;
          if (!isTolerated && !isMessage(octets)) throw new StatusError(status.INTERNAL, 'the request is no Bell');
          await call.send(encodeMessageValue([{ number: 1, wire: 'varint', value: '1' }]));
        },
      },
    },
  };
}

/** True when the octets are fields, unknown as all of them are. */
function isMessage(octets: Uint8Array): boolean {
  const reader = new FieldReader(octets);
  for (let tag = reader.next(); tag !== undefined; tag = reader.next()) reader.skip(tag);
  return reader.problem === undefined;
}
