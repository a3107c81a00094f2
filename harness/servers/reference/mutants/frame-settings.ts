import { errorCodes } from '../../../wire/error-codes';
import { settingIds, type Setting } from '../../../wire/settings';
import type { MakeSeams, Seams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { leftOut, onFramesIn } from './operators';

const { ENABLE_PUSH, HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE, MAX_CONCURRENT_STREAMS, MAX_FRAME_SIZE } = settingIds;
const { MAX_HEADER_LIST_SIZE } = settingIds;
const known: readonly number[] = Object.values(settingIds);

/** SETTINGS of the client, otherwise. */
const readingSettings = (change: (settings: readonly Setting[]) => readonly Setting[]): Seams =>
  onFramesIn((frame) =>
    frame.type === 'SETTINGS' && !frame.ack ? [{ ...frame, settings: change(frame.settings) }] : [frame],
  );

/** Parameters that are passed over. */
const without = (is: (setting: Setting) => boolean): Seams =>
  readingSettings((settings) => settings.filter((setting) => !is(setting)));

/** Values are not looked at in some SETTINGS frames. @param frames their numbers, from 1 */
const overlookingValues =
  (frames: (number: number) => boolean): MakeSeams =>
  () => {
    let number = 0;
    return {
      ...onFramesIn((frame) => {
        if (frame.type === 'SETTINGS' && !frame.ack) number += 1;
        return [frame];
      }),
      policy: { judge: (check, correct) => (check.endsWith('-value') && frames(number) ? 'ignored' : correct) },
    };
  };

/** Ends the connection at such a parameter. @param frames numbers of the SETTINGS frames in which it does, from 1 */
const refusing =
  (is: (setting: Setting) => boolean, frames: (number: number) => boolean = () => true): MakeSeams =>
  (wire) => {
    let number = 0;
    return onFramesIn((frame) => {
      if (frame.type !== 'SETTINGS' || frame.ack) return [frame];
      number += 1;
      if (frames(number) && frame.settings.some(is))
        wire.fail(errorCodes.PROTOCOL_ERROR, 'a setting that is not liked');
      return [frame];
    });
  };

/** Of several values of INITIAL_WINDOW_SIZE in one frame this one counts. */
const oneWindow = (choose: (values: readonly number[]) => number): Seams =>
  readingSettings((settings) => {
    const values = settings.flatMap(({ id, value }) => (id === INITIAL_WINDOW_SIZE ? [value] : []));
    const rest = settings.filter(({ id }) => id !== INITIAL_WINDOW_SIZE);
    return values.length === 0 ? settings : [...rest, { id: INITIAL_WINDOW_SIZE, value: choose(values) }];
  });

const isUnknown = ({ id }: Setting): boolean => !known.includes(id);

export const frameSettingMutants: readonly Mutant[] = [
  ...mutantsOf('FRAME-17-settings-illegal-values', {
    'enable-push': { says: 'Any value of ENABLE_PUSH is taken', ...leftOut('enable-push-value') },
    'enable-push-octet': {
      says: 'Only the lowest octet of ENABLE_PUSH is looked at',
      ...readingSettings((settings) =>
        settings.map(({ id, value }) => ({ id, value: id === ENABLE_PUSH ? value & 0xff : value })),
      ),
    },
    'initial-window': { says: 'Any value of INITIAL_WINDOW_SIZE is taken', ...leftOut('initial-window-value') },
    'initial-window-boundary': {
      says: 'INITIAL_WINDOW_SIZE of 2^31 is passed over, more is not',
      ...without(({ id, value }) => id === INITIAL_WINDOW_SIZE && value === 2 ** 31),
    },
    'max-frame-size': { says: 'Any value of MAX_FRAME_SIZE is passed over', ...leftOut('max-frame-size-value') },
    'max-frame-size-small': {
      says: 'MAX_FRAME_SIZE below 16,384 is passed over',
      ...without(({ id, value }) => id === MAX_FRAME_SIZE && value < 16_384),
    },
    'max-frame-size-zero': {
      says: 'MAX_FRAME_SIZE of 0 stands for no limit',
      ...without(({ id, value }) => id === MAX_FRAME_SIZE && value === 0),
    },
    'max-frame-size-large': {
      says: 'MAX_FRAME_SIZE of 2^24 and more is passed over',
      ...without(({ id, value }) => id === MAX_FRAME_SIZE && value >= 2 ** 24),
    },
    'first-only': {
      says: 'Values are looked at in the preface alone',
      seams: overlookingValues((number) => number > 1),
    },
    'not-in-preface': {
      says: 'Values of the preface are not looked at',
      seams: overlookingValues((number) => number === 1),
    },
  }),
  ...mutantsOf('FRAME-18-settings-unknown-ignored', {
    refused: { says: 'An unknown setting is a connection error', seams: refusing(isUnknown) },
    'refused-later': {
      says: 'An unknown setting behind the preface is a connection error',
      seams: refusing(isUnknown, (number) => number > 1),
    },
    'zero-and-seven': {
      says: 'Settings 0 and 7, which are reserved, are a connection error',
      seams: refusing(({ id }) => id === 0 || id === 7),
    },
    'large-identifier': {
      says: 'An identifier above 255 is a connection error',
      seams: refusing((setting) => setting.id > 0xff && isUnknown(setting)),
    },
    'large-value': {
      says: 'A value of 2^31 or more of an unknown setting is a connection error',
      seams: refusing((setting) => isUnknown(setting) && setting.value >= 2 ** 31),
    },
    'low-octet': {
      says: 'Of an identifier the lowest octet is read, so that 0x104 is INITIAL_WINDOW_SIZE',
      ...readingSettings((settings) => settings.map(({ id, value }) => ({ id: id & 0xff, value }))),
    },
  }),
  ...mutantsOf('FRAME-20-settings-last-value-wins', {
    first: { says: 'The first value of INITIAL_WINDOW_SIZE stays', ...oneWindow(([first = 0]) => first) },
    smallest: {
      says: 'The smallest value of INITIAL_WINDOW_SIZE stays',
      ...oneWindow((values) => Math.min(...values)),
    },
    largest: { says: 'The largest value of INITIAL_WINDOW_SIZE stays', ...oneWindow((values) => Math.max(...values)) },
    'second-of-three': {
      says: 'A third value of INITIAL_WINDOW_SIZE is not read',
      ...oneWindow((values) => values[Math.min(values.length, 2) - 1] ?? 0),
    },
    'in-preface': {
      says: 'In the preface the first value of INITIAL_WINDOW_SIZE stays',
      seams: () => {
        let isFirst = true;
        const first = oneWindow(([value = 0]) => value);
        return onFramesIn((frame) => {
          if (frame.type !== 'SETTINGS' || frame.ack) return [frame];
          const frames = isFirst ? (first.inbound?.frame?.(frame) ?? [frame]) : [frame];
          isFirst = false;
          return frames;
        });
      },
    },
  }),
  ...mutantsOf('FRAME-21-client-settings-extremes', {
    'no-streams': {
      says: 'A client whose MAX_CONCURRENT_STREAMS is 0 is refused, as if it could open none itself',
      seams: refusing(({ id, value }) => id === MAX_CONCURRENT_STREAMS && value === 0),
    },
    push: {
      says: 'A client that allows push is refused',
      seams: refusing(({ id, value }) => id === ENABLE_PUSH && value === 1),
    },
    'frame-size': {
      says: 'The largest MAX_FRAME_SIZE is refused',
      seams: refusing(({ id, value }) => id === MAX_FRAME_SIZE && value === 2 ** 24 - 1),
    },
    'no-table': {
      says: 'HEADER_TABLE_SIZE of 0 is refused',
      seams: refusing(({ id, value }) => id === HEADER_TABLE_SIZE && value === 0),
    },
    'large-table': {
      says: 'HEADER_TABLE_SIZE above 2^31-1 is refused',
      seams: refusing(({ id, value }) => id === HEADER_TABLE_SIZE && value >= 2 ** 31),
    },
    'large-list': {
      says: 'MAX_HEADER_LIST_SIZE above 2^31-1 is taken for a negative number, and refused',
      seams: refusing(({ id, value }) => id === MAX_HEADER_LIST_SIZE && value >= 2 ** 31),
    },
    window: {
      says: 'The largest window is refused behind the preface',
      seams: refusing(
        ({ id, value }) => id === INITIAL_WINDOW_SIZE && value === 2 ** 31 - 1,
        (number) => number > 1,
      ),
    },
  }),
];
