import { PlanBuilder } from '../grpc/plan-builder';
import { settingIds } from '../wire/settings';
import { openStalled } from './stalled-reader';

const facts = { authority: 'target', scheme: 'http', metadata: [] } as const;
const noPush = { id: settingIds.ENABLE_PUSH, value: 0 };
const window = { id: settingIds.INITIAL_WINDOW_SIZE, value: 5 };
const frameSize = { id: settingIds.MAX_FRAME_SIZE, value: 20_000 };

test('nothing gives credit but the script', () => {
  const { steps } = openStalled(new PlanBuilder(facts), 5).build();
  expect(steps).toEqual([
    {
      do: 'open',
      on: 'main',
      settings: [noPush, window],
      housekeeping: { replenishStreams: false, replenishConnection: false },
    },
  ]);
});

test('streams alone may be short of credit, on any connection, with other settings beside it', () => {
  const options = { on: 'other', settings: [frameSize], replenishConnection: true };
  const { steps } = openStalled(new PlanBuilder(facts), 5, options).build();
  expect(steps).toEqual([
    {
      do: 'open',
      on: 'other',
      settings: [noPush, frameSize, window],
      housekeeping: { replenishStreams: false },
    },
  ]);
});
