import { settingIds, type SettingName } from '../wire/settings';
import { acknowledgeSettings, announceSettings, initialSettingsState, largestSetting } from './settings-state';

type Act = 'ack' | Partial<Record<SettingName, number>>;

/** SETTINGS of one side and ACKs of the other, in turn. */
const after = (acts: readonly Act[]) =>
  acts.reduce(
    (state, act) =>
      act === 'ack'
        ? acknowledgeSettings(state)
        : announceSettings(
            state,
            (Object.keys(act) as SettingName[]).map((name) => ({ id: settingIds[name], value: act[name] ?? 0 })),
          ),
    initialSettingsState,
  );

const window = (value: number): Act => ({ INITIAL_WINDOW_SIZE: value });

test.each<[string, readonly Act[], { acknowledged: number; latest: number; largest: number }]>([
  ['nothing was said', [], { acknowledged: 65_535, latest: 65_535, largest: 65_535 }],
  ['a smaller value is on its way', [window(5)], { acknowledged: 65_535, latest: 5, largest: 65_535 }],
  ['a larger value is on its way', [window(70_000)], { acknowledged: 65_535, latest: 70_000, largest: 70_000 }],
  ['it is acknowledged', [window(5), 'ack'], { acknowledged: 5, latest: 5, largest: 5 }],
  ['the first of three', [window(9), window(5), window(7), 'ack'], { acknowledged: 9, latest: 7, largest: 9 }],
  ['two of three', [window(9), window(5), window(7), 'ack', 'ack'], { acknowledged: 5, latest: 7, largest: 7 }],
  ['said between ACKs', [window(9), window(5), 'ack', window(8), 'ack'], { acknowledged: 5, latest: 8, largest: 8 }],
  ['all of them', [window(9), window(5), 'ack', window(8), 'ack', 'ack'], { acknowledged: 8, latest: 8, largest: 8 }],
  [
    'others say nothing of it',
    [window(5), { MAX_FRAME_SIZE: 20_000 }, 'ack', 'ack'],
    { acknowledged: 5, latest: 5, largest: 5 },
  ],
  ['an ACK of nothing', ['ack', window(5)], { acknowledged: 65_535, latest: 5, largest: 65_535 }],
])('%s', (_, acts, { acknowledged, latest, largest }) => {
  const state = after(acts);
  expect([state.acknowledged.INITIAL_WINDOW_SIZE, state.latest.INITIAL_WINDOW_SIZE]).toEqual([acknowledged, latest]);
  expect(largestSetting(state, 'INITIAL_WINDOW_SIZE')).toBe(largest);
  expect([state.announced, state.acknowledgements]).toEqual([
    acts.filter((act) => act !== 'ack').length,
    acts.filter((act) => act === 'ack').length,
  ]);
});

test('a hundred thousand SETTINGS that nobody acknowledges are no burden', () => {
  const announced = Array.from({ length: 100_000 }, (_, index) => window(index));
  const state = after([...announced, ...Array<Act>(50_000).fill('ack')]);
  expect(largestSetting(state, 'INITIAL_WINDOW_SIZE')).toBe(99_999);
  expect(state.acknowledged.INITIAL_WINDOW_SIZE).toBe(49_999);
});
