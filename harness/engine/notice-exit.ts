import type { ConnectionView } from '../transcript/connection-view';
import type { TargetProcess } from '../launch/target';
import type { ProcessExit } from '../report/events';

/**
 * How the target's process ended, if it ended under a script. Connections close before anybody is told of the end of a process, so when the target closed
 * one, this makes sure: otherwise the end would be put down to whoever comes next.
 */
export async function noticeExit(
  process: TargetProcess | undefined,
  views: readonly ConnectionView[],
): Promise<ProcessExit | undefined> {
  const hasLost = views.some(({ connected, closed }) => !connected || closed?.by === 'target');
  return hasLost ? process?.findExit() : process?.exit();
}
