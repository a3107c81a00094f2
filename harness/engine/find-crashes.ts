import type { AnyProperty } from '../properties/property';
import type { ProcessExit } from '../report/events';
import type { FindingRecord } from '../report/model';
import type { Violation } from '../rules/violation';
import type { Experiment, Executor } from './executor';
import type { SearchResult, Failure } from './run-property';
import type { Slots } from './slots';

/** How often an input that is suspected of ending the process is played again, alone. */
const crashConfirmations = 3;

export interface Crash {
  readonly failure: Failure;
  readonly exit: ProcessExit;
  readonly confirmed: FindingRecord['confirmed'];
}

/**
 * When the target's process ended, every input under way is a suspect. Plays them again one at a time with nothing beside them: the one after which the
 * process ends again each time did it, each time in a new process that was given nothing before. No input is accused of an exit that does not come back: that
 * takes more than one input.
 */
export async function findCrashes(
  property: AnyProperty,
  suspects: SearchResult['suspects'],
  executor: Executor,
  slots: Slots,
): Promise<Crash | undefined> {
  for (const suspect of suspects) {
    if (executor.aborted) return undefined;
    let failed = 0;
    let last: { experiment: Experiment; exit: ProcessExit } | undefined;
    for (let attempt = 0; attempt < crashConfirmations; attempt++) {
      const experiment = await slots.alone(async () => {
        await executor.restart();
        return executor.playAndProbe(property, suspect.input, suspect.plan);
      });
      if (experiment.exit === undefined) break;
      failed++;
      last = { experiment, exit: experiment.exit };
    }
    if (last === undefined || failed < crashConfirmations) continue;
    const failure: Failure = {
      property,
      rule: property.id,
      gravity: 'fail',
      isKnown: false,
      index: suspect.index,
      input: suspect.input,
      experiment: withCrash(property, last.experiment, last.exit),
    };
    return { failure, exit: last.exit, confirmed: { failed, of: crashConfirmations } };
  }
  return undefined;
}

/** The judgement of a run that ended the process: whatever else was seen, this comes first. */
function withCrash(property: AnyProperty, experiment: Experiment, exit: ProcessExit): Experiment {
  const how = exit.signal === null ? `exit code ${exit.code ?? 'unknown'}` : `signal ${exit.signal}`;
  const violation: Violation = {
    rule: property.id,
    observed: `the server's process ended (${how})`,
    expected: 'a server that goes on, whatever one connection sends',
    reaction: 'crash',
    mark: 'crash',
  };
  const { judgement } = experiment;
  const { exit: _, ...rest } = experiment;
  return { ...rest, judgement: { kind: 'judged', violations: [violation], judged: new Map(), seen: judgement.seen } };
}
