import type { PlanBuilder } from '../grpc/plan-builder';
import { settingIds, type Setting } from '../wire/settings';

export interface StalledReaderOptions {
  /** Connection; `main` when absent. */
  readonly on?: string;
  /** More settings than those for the window and against pushes. */
  readonly settings?: readonly Setting[];
  /** True: only the streams are short of credit, and the connection gets back what was used. */
  readonly replenishConnection?: boolean;
}

/**
 * Opens a connection whose reader gives credit only when the script says so.
 * @param initialWindow octets that every stream starts with
 */
export function openStalled(
  script: PlanBuilder,
  initialWindow: number,
  { on = 'main', settings = [], replenishConnection = false }: StalledReaderOptions = {},
): PlanBuilder {
  return script.open({
    on,
    settings: [
      { id: settingIds.ENABLE_PUSH, value: 0 },
      ...settings,
      { id: settingIds.INITIAL_WINDOW_SIZE, value: initialWindow },
    ],
    housekeeping: { replenishStreams: false, ...(replenishConnection ? {} : { replenishConnection }) },
  });
}
