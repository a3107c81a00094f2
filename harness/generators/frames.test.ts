import { settingIds } from '../wire/settings';
import { checkGenerator } from './check-generator';
import { clientSettings, invalidIndex, unknownFrame, unknownSetting } from './frames';

checkGenerator('unknownFrame', unknownFrame(), {
  isCorrect: ({ type, flags, payload }) =>
    type >= 0x0b &&
    type <= 0xff &&
    type !== 0x0c &&
    type !== 0x10 &&
    flags >= 0 &&
    flags <= 0xff &&
    payload.length <= 16_384,
  reaches: {
    'the first unknown type': ({ type }) => type === 0x0b,
    'the last type': ({ type }) => type === 0xff,
    'a flag that means END_STREAM elsewhere': ({ flags }) => flags === 0x01,
    'no payload': ({ payload }) => payload.length === 0,
    'the largest payload': ({ payload }) => payload.length === 16_384,
  },
  shrinks: [
    {
      fault: ({ payload }) => payload.length > 8,
      to: { type: 0x0b, flags: 0, reserved: false, placement: 'connection', payload: { length: 9, seed: 0 } },
    },
  ],
});

checkGenerator('unknownFrame on an open stream', unknownFrame({ placements: ['open'], maxLength: 0 }), {
  isCorrect: ({ placement, payload }) => placement === 'open' && payload.length === 0,
});

const legalValues: Readonly<Record<number, (value: number) => boolean>> = {
  [settingIds.HEADER_TABLE_SIZE]: (value) => value <= 65_536,
  [settingIds.ENABLE_PUSH]: (value) => value === 0,
  [settingIds.MAX_CONCURRENT_STREAMS]: () => true,
  [settingIds.INITIAL_WINDOW_SIZE]: (value) => value >= 16_384 && value < 2 ** 31,
  [settingIds.MAX_FRAME_SIZE]: (value) => value >= 16_384 && value < 2 ** 24,
  [settingIds.MAX_HEADER_LIST_SIZE]: (value) => value >= 65_536,
};

const isUnknown = (id: number) => (id >= 0x0b && id <= 0x0f) || (id >= 0xf000 && id < 0xfe00);
const isSetting = ({ id, value }: { readonly id: number; readonly value: number }) =>
  value >= 0 && value < 2 ** 32 && (isUnknown(id) || legalValues[id]?.(value) === true);

checkGenerator('clientSettings', clientSettings(), {
  isCorrect: (settings) => settings.length <= 30 && settings.every(isSetting),
  reaches: {
    none: (settings) => settings.length === 0,
    'all 30': (settings) => settings.length === 30,
    'one twice': (settings) => new Set(settings.map(({ id }) => id)).size < settings.length,
    'no dynamic table': (settings) =>
      settings.some(({ id, value }) => id === settingIds.HEADER_TABLE_SIZE && value === 0),
    'an unknown one': (settings) => settings.some(({ id }) => isUnknown(id)),
  },
  shrinks: [
    {
      fault: (settings) => settings.length > 1,
      to: [
        { id: settingIds.ENABLE_PUSH, value: 0 },
        { id: settingIds.ENABLE_PUSH, value: 0 },
      ],
    },
  ],
});

checkGenerator('clientSettings without unknown ones', clientSettings({ unknown: false, maxFrameSize: 20_000 }), {
  isCorrect: (settings) =>
    settings.every(
      (setting) =>
        isSetting(setting) &&
        !isUnknown(setting.id) &&
        (setting.id !== settingIds.MAX_FRAME_SIZE || setting.value <= 20_000),
    ),
});

checkGenerator('unknownSetting', unknownSetting(), {
  isCorrect: ({ id, value }) => isUnknown(id) && value >= 0 && value < 2 ** 32,
});

checkGenerator('invalidIndex', invalidIndex(), {
  isCorrect: ({ form, past }) => (past === 'zero' ? form === 'indexed' : past >= 0 && past <= 2 ** 20),
  reaches: {
    'index 0': ({ past }) => past === 'zero',
    'the first that is missing': ({ past }) => past === 0,
    'far away': ({ past }) => past === 2 ** 20,
    'a literal': ({ form }) => form === 'never-indexed',
  },
  shrinks: [
    { fault: ({ form, past }) => form === 'incremental' && past !== 'zero', to: { form: 'incremental', past: 0 } },
  ],
});
