import {
  arb,
  attack,
  attackWaves,
  callPlainly,
  data,
  encodeMessage,
  experiment,
  fc,
  fullDuplexCall,
  givesDescriptorsBack,
  givesMemoryBack,
  headers,
  joinOctets,
  literalRequest,
  tolerableDescriptors,
  unaryCall,
  type AnyProperty,
  type CallRequest,
  type PlanBuilder,
  type TargetFacts,
} from '../../harness';
import { defended, hostile, perRound, rounds } from './shared';

/** Connections of each wave: no more than a quarter of them are open at a time. */
const mostConnections = 200;

/** What a connection has seen when it is closed. */
const stages = ['nothing', 'the preface', 'a call under way', 'a whole call'] as const;

type Stage = (typeof stages)[number];

interface Churn {
  readonly stage: Stage | 'any of these';
  readonly connections: number;
  readonly close: 'fin' | 'reset' | 'either';
  /** The last one that was opened is closed first. */
  readonly backwards: boolean;
}

/** Milliseconds for the answer to the last call of each part, without which the connections are closed as well. */
const patience = 1000;

/** Milliseconds within which descriptors must be given back. */
const returnWithin = 10_000;

/** Stages that take no handler from anybody, where there are few. */
const stagesFor = ({ limits }: TargetFacts): readonly Stage[] =>
  limits?.handlers === undefined ? stages : stages.filter((stage) => stage !== 'a call under way');

/** A call whose handler runs and waits for more. */
const pending = ({ offers }: TargetFacts): CallRequest =>
  offers.includes('bidirectional-streaming') ? fullDuplexCall([{ responses: [{ size: 5 }] }]) : unaryCall();

/** Opens a connection and brings it to that stage, whatever the server does about it. */
function reach(script: PlanBuilder, on: string, stage: Stage, facts: TargetFacts): void {
  if (stage === 'nothing') {
    // Over TLS not even a handshake.
    script.open({ on, insteadOfPreface: new Uint8Array(0), awaitSettings: false, clear: true });
    return;
  }
  script.open({ on, awaitSettings: false });
  if (stage === 'the preface') return;
  const isWhole = stage === 'a whole call';
  const request = isWhole ? unaryCall({ responseSize: 100 }) : pending(facts);
  const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
  script.frame(headers(1, literalRequest(facts, request)), on);
  script.frame(data(1, body, { endStream: isWhole }), on);
}

const before = 'descriptors before';
const descriptorsOf = (wave: string): string => `descriptors after the ${wave}`;

/** Connections that come and go. */
export const connectionChurn: readonly AnyProperty[] = [
  experiment<Churn>('DOS-11-connection-churn', {
    ...hostile,
    generates:
      'three times 20 to 200 connections, a quarter of them at a time, each closed, by FIN or a TCP reset, before anything was sent on it, behind the preface, in the middle of a call or behind one; beside calls on another connection, and with one on a new connection after each time',
    accepts: [...defended, 'descriptors that are given back (where they can be counted: with --exec, on Linux)'],
    needs: ['unary'],
    effort: 0.06,
    arbitrary: (facts) =>
      arb.record({
        stage: fc.constantFrom(...stagesFor(facts), 'any of these' as const),
        connections: arb.boundaryInteger({ min: 20, max: mostConnections, boundaries: [mostConnections] }),
        close: fc.constantFrom('fin', 'reset', 'either'),
        backwards: fc.boolean(),
      }),
    labels: {
      'before the first request': ({ stage }) => stage === 'nothing' || stage === 'the preface',
      'behind a request': ({ stage }) => stage.startsWith('a ') || stage === 'any of these',
      'closed by FIN': ({ close }) => close !== 'reset',
      'closed by a TCP reset': ({ close }) => close !== 'fin',
      'as many connections as there are': ({ connections }) => connections === mostConnections,
    },
    examples: (facts) =>
      stagesFor(facts).flatMap((stage, index) => [
        {
          stage,
          connections: mostConnections,
          close: index % 2 === 0 ? ('reset' as const) : ('fin' as const),
          backwards: index > 1,
        },
      ]),
    script: (script, { stage, connections, close, backwards }, facts) => {
      const all = stagesFor(facts);
      const atOnce = perRound(connections);
      script.sampleDescriptors(before);
      attack(script, facts, {
        connections: 0,
        rounds,
        strike: (wave, round) => {
          const names = Array.from({ length: atOnce }, (_, number) => `${wave}-${round * atOnce + number + 1}`);
          const stageOf = (number: number): Stage => (stage === 'any of these' ? all[number % all.length]! : stage);
          for (const [number, on] of names.entries()) reach(script, on, stageOf(number), facts);
          const answered = names.findLast((_, number) => stageOf(number) === 'a whole call');
          if (answered !== undefined)
            script.await({ see: 'end', stream: 1 }, { on: answered, within: patience, optional: true });
          // In another rhythm than the stages.
          const closes = names.map((on, number) => ({
            on,
            fin: close === 'fin' || (close === 'either' && number % 3 === 0),
          }));
          for (const { on, fin } of backwards ? closes.reverse() : closes) script.close(fin ? 'fin' : 'reset', on);
        },
        ask: (wave) => {
          callPlainly(script, facts, `behind the ${wave}`);
          if (wave !== attackWaves.at(-1)) script.sampleDescriptors(descriptorsOf(wave));
          else
            script.awaitDescriptors(descriptorsOf(wave), {
              from: before,
              growth: tolerableDescriptors,
              within: returnWithin,
            });
        },
      });
    },
    check: ({ transcript }) => [
      ...givesMemoryBack(transcript, 'connections that came and went'),
      ...givesDescriptorsBack(
        transcript,
        [before, ...attackWaves.map(descriptorsOf)],
        'connections that came and went',
      ),
    ],
  }),
];
