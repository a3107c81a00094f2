import fc from 'fast-check';
import type { RowId } from '../catalogue';
import { property, unlistedProperty, type AnyProperty } from '../properties/property';
import { robustness } from '../catalogue/requirement';
import { convention } from '../catalogue/row';
import { processEnded, stoppedServing } from '../rules/alive';
import { describeAnswer } from '../rules/reaction';
import type { Breach } from '../rules/violation';
import { heartbeatConnection } from './history';

/**
 * Properties that no suite has: what they play is not generated but happened, before the run or over the whole of it. They stand for it in findings and
 * failure files, so that it is played again and judged like everything else.
 */

/** What is said to a target before the run: the rules of all traffic judge it. */
export const attachProperty: AnyProperty = unlistedProperty({
  id: 'attach',
  requirement: convention(
    robustness,
    'what is said to a target before a run is answered as the rules of all traffic want it',
  ),
  generates: 'small legal calls that find out what the target offers',
  accepts: ['every legal answer'],
  afterwards: false,
  arbitrary: () => fc.constant(null),
  script: (script) => void script.open(),
  check: () => [],
});

/** A sequence of many scripts, and then a plain call. */
const sequence = (id: RowId, found: () => Breach): AnyProperty =>
  property({
    id,
    generates: 'everything that was played against one process of the target, in its order',
    accepts: ['a plain call that is served at the end'],
    afterwards: false,
    arbitrary: () => fc.constant(null),
    script: (script) => void script.open({ on: heartbeatConnection }),
    check: (seen, _input, facts) => {
      const call = seen.call();
      const isServed = facts.offers.includes('unary')
        ? call.status === 0
        : call.shape !== 'open' && call.shape !== 'closed';
      if (isServed) return [];
      const how = call.shape === 'open' ? 'no answer' : describeAnswer(call);
      return [{ ...found(), observed: `the plain call after the sequence: ${how}` }];
    },
  });

const processStays = sequence('ALIVE-01-process-stays', () => processEnded([{ code: null, signal: null }]));

const servesOn = sequence('ALIVE-02-serves-on', () => stoppedServing(0, 'the plain call failed'));

export const standingProperties = { attach: attachProperty, processStays, servesOn } as const;

/** The standing property of that id; undefined when there is none. */
export const findStandingProperty = (id: string): AnyProperty | undefined =>
  Object.values(standingProperties).find((one) => one.id === id);
