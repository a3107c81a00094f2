import {
  arb,
  connectionError,
  echoedInHeaders,
  echoInitialName,
  experiment,
  fc,
  payloadOf,
  rejected,
  settingsAck,
  unaryCall,
  unsent,
  warned,
  type AnyProperty,
  type FieldSpec,
} from '../../harness';
import { withoutIndexing } from './shared';

/** The first index of the dynamic table (RFC 7541 §2.3.3): its newest entry. */
const newest = 62;

/** How the field that handlers copy is written behind the acknowledgement. */
const writings = ['as a literal', 'inserted', 'by its old entry'] as const;

const request = unaryCall({ responseSize: 3 });

/** A target whose first SETTINGS leave its table less room than the 4096 octets with which it starts (RFC 9113 §4.3.1). */
export const loweredTables: readonly AnyProperty[] = [
  experiment('HPACK-08-missing-size-update', {
    generates:
      "up to two calls that insert fields before we acknowledge the target's SETTINGS, the acknowledgement, a call whose block begins without size update, and one that refers to little or nothing",
    accepts: [connectionError, warned(payloadOf(3)), warned(rejected)],
    needs: ['smaller-table', 'unary'],
    effort: 0.4,
    arbitrary: () =>
      arb.record({
        before: fc.integer({ min: 0, max: 2 }),
        value: arb.asciiValue({ minLength: 1, maxLength: 40 }),
        written: fc.constantFrom(...writings),
        headerCuts: arb.list(fc.nat(60), { maxCount: 2 }),
      }),
    labels: {
      'on a new connection': ({ before }) => before === 0,
      'on a connection that has served calls': ({ before }) => before > 0,
      'a field that is inserted': ({ written }) => written === 'inserted',
      'a reference to an old entry': ({ written, before }) => written === 'by its old entry' && before > 0,
      'a block in several frames': ({ headerCuts }) => headerCuts.length > 0,
    },
    examples: () =>
      writings.flatMap((written) =>
        [0, 2].map((before) => ({ before, value: 'kept', written, headerCuts: [] as readonly number[] })),
      ),
    script: (script, { before, value, written, headerCuts }, facts) => {
      const inserted: FieldSpec = {
        name: echoInitialName,
        value,
        representation: 'incremental',
        nameIndex: 'literal',
      };
      const copied: FieldSpec =
        written === 'by its old entry' && before > 0
          ? { ...inserted, representation: 'indexed', nameIndex: newest }
          : { ...inserted, representation: written === 'inserted' ? 'incremental' : 'without-indexing' };
      const echoes = facts.offers.includes('metadata');
      // Until we acknowledge them, the table is that of 4096 octets, and no update is due.
      script.open({ housekeeping: { ackSettings: false } });
      for (let at = 0; at < before; at++) {
        const call = script
          .call(request, { sizeUpdates: [], fields: (all) => [...withoutIndexing(all), inserted] })
          .expect(payloadOf(3));
        if (echoes) call.expect(echoedInHeaders([value]));
      }
      script.frame(settingsAck());
      const odd = script
        .call(request, {
          legal: false,
          awaitEnd: false,
          sizeUpdates: [],
          headerCuts,
          fields: (all) => [...withoutIndexing(all), copied],
        })
        .awaitEndOrError()
        .expect(connectionError, warned(payloadOf(3)), warned(rejected));
      const later = script
        .call(request, {
          legal: false,
          awaitEnd: false,
          fields: (all) => [...withoutIndexing(all), { ...inserted, representation: 'without-indexing' }],
        })
        .awaitEndOrError()
        .expect(payloadOf(3), unsent, connectionError);
      if (!echoes) return;
      odd.expect(echoedInHeaders([value]), connectionError, rejected);
      later.expect(echoedInHeaders([value]), unsent, connectionError);
    },
  }),
];
