import { getDefaultSettings } from 'node:http2';
import { settingValue } from './setting-value';
import { initialSettings, settingIds, settingName } from './settings';

test('the initial values are those that Node starts with', () => {
  const node = getDefaultSettings();
  expect(initialSettings).toMatchObject({
    HEADER_TABLE_SIZE: node.headerTableSize,
    INITIAL_WINDOW_SIZE: node.initialWindowSize,
    MAX_FRAME_SIZE: node.maxFrameSize,
  });
});

test('a setting has its name, an unknown one its identifier', () => {
  expect([1, 6, 8, 0xfe03, 7, 0xffff].map(settingName)).toEqual([
    'HEADER_TABLE_SIZE',
    'MAX_HEADER_LIST_SIZE',
    'ENABLE_CONNECT_PROTOCOL',
    'GRPC_ALLOW_TRUE_BINARY_METADATA',
    '0x7',
    '0xffff',
  ]);
});

test('the last of repeated values holds', () => {
  const settings = [
    { id: settingIds.MAX_FRAME_SIZE, value: 1 },
    { id: settingIds.ENABLE_PUSH, value: 0 },
    { id: settingIds.MAX_FRAME_SIZE, value: 2 },
  ];
  expect(settingValue(settings, settingIds.MAX_FRAME_SIZE)).toBe(2);
  expect(settingValue(settings, settingIds.HEADER_TABLE_SIZE)).toBeUndefined();
});
