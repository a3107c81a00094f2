import {
  arb,
  attack,
  callPlainly,
  connectionError,
  connectionPreface,
  continuation,
  data,
  encodeFrame,
  encodeFrames,
  encodeMessage,
  experiment,
  fc,
  givesMemoryBack,
  headers,
  joinOctets,
  literalRequest,
  recorded,
  settings,
  unaryCall,
  type AnyProperty,
  type TargetFacts,
} from '../../harness';
import { defended, hostile, rounds } from './shared';

/** Connections of each wave: more than workers are made for, and fewer than anybody limits. */
const mostConnections = 60;

/** What a client is in the middle of when nothing more comes. */
const places = ['the preface', 'SETTINGS', 'the field block', 'the message'] as const;

type Place = (typeof places)[number];

interface SlowClients {
  readonly place: Place | 'any of these';
  /** Octets behind the beginning of that, for the first connection; each has another. */
  readonly offset: number;
  readonly connections: number;
  /** One octet more with each part of the attack. */
  readonly dribbles: boolean;
}

/** The octets of a session up to the end of its first call, by what they are of. */
function sessionOf(facts: TargetFacts): Readonly<Record<Place, Uint8Array>> {
  const request = unaryCall({ payload: new Uint8Array(200) });
  const block = literalRequest(facts, request);
  const middle = Math.floor(block.length / 2);
  return {
    'the preface': connectionPreface,
    SETTINGS: encodeFrame(settings([])),
    'the field block': encodeFrames([
      headers(1, block.subarray(0, middle), { endHeaders: false }),
      continuation(1, block.subarray(middle), { endHeaders: true }),
    ]),
    'the message': encodeFrame(
      data(1, joinOctets(request.messages.map((message) => encodeMessage(message))), { endStream: true }),
    ),
  };
}

/** Places that take no handler from anybody, where there are few. */
const placesFor = ({ limits }: TargetFacts): readonly Place[] =>
  limits?.handlers === undefined ? places : places.slice(0, -1);

/** Another place in each connection, and none at which what it is in the middle of is whole. */
const step = 7;

/** What each connection sends at first, and what comes after. */
function stallOf(
  { place, offset }: SlowClients,
  number: number,
  facts: TargetFacts,
): readonly [Uint8Array, Uint8Array] {
  const session = sessionOf(facts);
  const all = placesFor(facts);
  const own = place === 'any of these' ? all[number % all.length]! : place;
  const before = joinOctets(places.slice(0, places.indexOf(own)).map((one) => session[one]));
  // The last octets are for whoever dribbles.
  const room = session[own].length - rounds;
  const at = (offset + number * step) % room;
  return [joinOctets([before, session[own].subarray(0, at)]), session[own].subarray(at)];
}

/** Clients that stop in the middle of something. */
export const slowClients: readonly AnyProperty[] = [
  experiment<SlowClients>('DOS-09-slow-clients', {
    ...hostile,
    generates:
      'three times 10 to 60 connections that stop in the preface, in SETTINGS, in a field block (in either of its frames) or in a message, each at another octet, some of them with an octet more now and then; beside calls on another connection and on one that is opened meanwhile',
    accepts: [
      ...defended,
      'calls on a connection that is opened meanwhile served, or that one closed, which is recorded',
    ],
    needs: ['unary'],
    effort: 0.04,
    arbitrary: (facts) =>
      arb.record({
        place: fc.constantFrom(...placesFor(facts), 'any of these' as const),
        offset: fc.nat(300),
        connections: arb.boundaryInteger({ min: 10, max: mostConnections, boundaries: [mostConnections] }),
        dribbles: fc.boolean(),
      }),
    labels: {
      'before the first request': ({ place }) => place === 'the preface' || place === 'SETTINGS',
      'in a request': ({ place }) => place === 'the field block' || place === 'the message',
      'as many connections as there are': ({ connections }) => connections === mostConnections,
      'an octet more now and then': ({ dribbles }) => dribbles,
    },
    examples: (facts) =>
      placesFor(facts).map((place, index) => ({
        place,
        offset: 1,
        connections: mostConnections,
        dribbles: index % 2 === 1,
      })),
    script: (script, input, facts) => {
      let number = 0;
      const later = new Map<string, Uint8Array>();
      attack(script, facts, {
        opening: {
          insteadOfPreface: new Uint8Array(0),
          awaitSettings: false,
          // An acknowledgement would stand in the middle of what is not whole.
          housekeeping: { ackSettings: false, ackPings: false },
        },
        connections: input.connections,
        rounds,
        strike: (on, round) => {
          if (round === 0) {
            const [first, rest] = stallOf(input, number++, facts);
            later.set(on, rest);
            script.octets(first, on);
          } else {
            const rest = later.get(on);
            if (input.dribbles && rest !== undefined) script.octets(rest.subarray(round - 1, round), on);
          }
        },
        // Nothing proves that a client which stops was noticed.
        settle: () => undefined,
        ask: (wave) => callPlainly(script, facts, `beside the ${wave}`, recorded(connectionError)),
      });
    },
    check: (seen) => givesMemoryBack(seen.transcript, 'connections on which nothing more came'),
  }),
];
