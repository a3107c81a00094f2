import {
  arb,
  connectionError,
  connectionReaction,
  damagePreface,
  encodeFrame,
  errorCodeName,
  errorGoaway,
  experiment,
  fc,
  ignored,
  plainestCall,
  recorded,
  settings,
  stimulus,
  suite,
  type AnyProperty,
} from '../harness';
import { connectionErrors } from './connection/errors.suite';
import { idle } from './connection/idle.suite';
import { prefaces } from './connection/preface.suite';
import { strangers } from './connection/strangers.suite';

const properties: readonly AnyProperty[] = [
  experiment('CONN-01-settings-first', {
    generates:
      'prefaces with up to thirty settings, in TCP segments of any size, and a call that follows at once or after the answer to the preface',
    accepts: ['SETTINGS first, before or after the server has read our preface'],
    arbitrary: () => arb.record({ own: arb.clientSettings(), segments: arb.segments(), waits: fc.boolean() }),
    labels: {
      'a first write that is shorter than the preface': ({ segments }) => segments.some((size) => size < 24),
      'the request in the same write as the preface': ({ waits, segments }) => !waits && segments.length === 0,
      'the request after the SETTINGS of the server': ({ waits }) => waits,
      'no settings': ({ own }) => own.length === 0,
      'ten settings or more': ({ own }) => own.length >= 10,
    },
    examples: () => [
      { own: [], segments: [], waits: true },
      { own: [], segments: [], waits: false },
    ],
    script: (script, { own, segments, waits }, facts) => {
      script.open({ settings: own, segments, awaitSettings: waits });
      script.call(plainestCall(facts));
    },
    // The rule runs on every connection; what is left to see is that there was a first frame at all.
    check: (seen) => {
      const { received, closed } = seen.connection();
      if (received.length > 0) return [];
      const expected = 'SETTINGS as the first frame';
      // Who took our first octets for another protocol answers in that, and closes.
      if (closed?.by === 'target') {
        return [{ observed: 'a closed connection, and no frame', expected, reaction: 'connection closed' }];
      }
      return [{ observed: 'no frame', expected, reaction: 'nothing', mark: 'hang' }];
    },
  }),

  stimulus('CONN-03-invalid-magic', {
    generates: 'prefaces with one of the 24 octets changed, or a true beginning and then a long wrong tail',
    // The octets may begin another protocol, of which more has to come.
    accepts: [connectionError, recorded(ignored)],
    // Whoever took the preface for another protocol owes no answer to a call.
    afterwards: false,
    sends: () => arb.record({ damage: arb.damagedPreface() }),
    labels: {
      'one octet of the first three': ({ damage }) => damage.kind === 'octet' && damage.at < 3,
      'one octet of the last eight': ({ damage }) => damage.kind === 'octet' && damage.at >= 16,
      'a true beginning and a wrong tail': ({ damage }) => damage.kind !== 'octet',
    },
    examples: () => [0, 15, 16, 23].map((at) => ({ damage: { kind: 'octet', at, xor: 0x20 } as const })),
    write: (script, { damage }) => {
      script.open({ insteadOfPreface: damagePreface(damage, encodeFrame(settings([]))) });
    },
  }),

  experiment('CONN-05-settings-acknowledged', {
    generates: 'prefaces with up to thirty settings, known and unknown, repeated, at their bounds',
    accepts: [
      'one SETTINGS ACK, before or after other frames',
      'GOAWAY with an error code in answer to settings that are repeated, recorded as info',
    ],
    arbitrary: () => arb.record({ own: arb.clientSettings() }),
    labels: {
      'no settings': ({ own }) => own.length === 0,
      'settings that nobody knows': ({ own }) => own.some(({ id }) => id > 6),
      'an identifier twice': ({ own }) => new Set(own.map(({ id }) => id)).size < own.length,
      'ten settings or more': ({ own }) => own.length >= 10,
    },
    examples: () => [{ own: [] }, { own: [{ id: 0xf0f0, value: 1 }] }],
    script: (script, { own }, facts) => {
      script.open({ settings: own });
      script.call(plainestCall(facts));
    },
    check: (seen, { own }) => {
      const view = seen.connection();
      const count = view.received.filter(({ frame }) => frame.type === 'SETTINGS' && frame.ack).length;
      const wanted = view.sent.filter(({ frame }) => frame.type === 'SETTINGS' && !frame.ack).length;
      if (count === wanted) return [];
      const expected = `${wanted} SETTINGS ACK`;
      const goaway = errorGoaway(view);
      // RFC 9113 §10.5 names repeated settings among what a server may take for abuse.
      if (count < wanted && goaway !== undefined && new Set(own.map(({ id }) => id)).size < own.length) {
        const observed = `GOAWAY with ${errorCodeName(goaway)} in answer to SETTINGS that repeat an identifier`;
        return [{ severity: 'info', observed, expected, reaction: connectionReaction(view) }];
      }
      return [
        { observed: `${count} SETTINGS ACKs`, expected, reaction: count === 0 ? 'no ACK' : 'wrong number of ACKs' },
      ];
    },
  }),

  ...prefaces,
  ...strangers,
  ...connectionErrors,
  ...idle,
];

/** In the order of the catalogue. */
export default suite(
  'connection',
  properties.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
);
