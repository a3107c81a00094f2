import { settingIds } from '../../../wire/settings';
import type { MakeSeams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';

/** The first field block after a change is written with the table as it was, and the second one says the size. */
const appliesLate: MakeSeams = () => {
  let owed: number | undefined;
  let isLate = false;
  return {
    inbound: {
      frame: (frame) => {
        for (const { id, value } of frame.type === 'SETTINGS' ? frame.settings : [])
          if (id === settingIds.HEADER_TABLE_SIZE) owed = value;
        return [frame];
      },
    },
    outbound: {
      section: (section) => {
        if (owed === undefined) return [section];
        isLate = !isLate;
        if (isLate) return [{ ...section, sizeUpdates: [] }];
        const sizeUpdates = [Math.min(owed, 4096)];
        owed = undefined;
        return [{ ...section, sizeUpdates }];
      },
    },
  };
};

export const answerTableMutants: readonly Mutant[] = [
  ...mutantsOf('HPACK-13-encoder-honours-client-table-size', {
    'later-setting-ignored': {
      says: 'SETTINGS_HEADER_TABLE_SIZE is ignored in all but the first SETTINGS of the client',
      seams: tableSizesOf(({ frames }) => (frames > 1 ? 'ignored' : 'kept')),
    },
    'applied-late': {
      says: 'SETTINGS_HEADER_TABLE_SIZE takes effect only behind the first field block after its acknowledgement',
      seams: appliesLate,
    },
    'small-reduction-ignored': {
      says: 'SETTINGS_HEADER_TABLE_SIZE from 1 to 200 is acknowledged and ignored',
      seams: tableSizesOf(({ size }) => (size > 0 && size <= 200 ? 'ignored' : 'kept')),
    },
  }),
  ...mutantsOf('HPACK-16-smallest-size-signalled', {
    'last-alone': {
      says: 'When the limit of the table went down and up again, the last size alone is signalled',
      seams: signalsLastAlone(() => true),
    },
    'last-alone-above-zero': {
      says: 'When the limit of the table went down and up again, the smallest size is signalled only when it is 0',
      seams: signalsLastAlone(({ smallest }) => smallest > 0),
    },
    'last-alone-of-zero': {
      says: 'When the limit of the table went down to 0 and up again, the last size alone is signalled',
      seams: signalsLastAlone(({ smallest }) => smallest === 0),
    },
    'last-alone-later': {
      says: 'When the limit of the table went down and up for the second time, the last size alone is signalled',
      seams: signalsLastAlone(({ times }) => times > 1),
    },
  }),
];

/** SETTINGS_HEADER_TABLE_SIZE of the client, or some of it, is acknowledged and not obeyed. */
function tableSizesOf(
  keeps: (seen: { readonly frames: number; readonly size: number }) => 'kept' | 'ignored',
): MakeSeams {
  return () => {
    let frames = 0;
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type !== 'SETTINGS' || frame.ack) return [frame];
          frames += 1;
          const kept = frame.settings.filter(
            ({ id, value }) => id !== settingIds.HEADER_TABLE_SIZE || keeps({ frames, size: value }) === 'kept',
          );
          return [{ ...frame, settings: kept }];
        },
      },
    };
  };
}

/** After the limit of the client's table went down and up again, the next block says the last size alone, when it does. */
function signalsLastAlone(when: (seen: { readonly smallest: number; readonly times: number }) => boolean): MakeSeams {
  return () => {
    let smallest = Infinity;
    let last = 4096;
    let times = 0;
    return {
      inbound: {
        frame: (frame) => {
          for (const { id, value } of frame.type === 'SETTINGS' ? frame.settings : []) {
            if (id !== settingIds.HEADER_TABLE_SIZE) continue;
            smallest = Math.min(smallest, value);
            last = value;
          }
          return [frame];
        },
      },
      outbound: {
        section: (section) => {
          const isRaised = smallest < last;
          if (isRaised) times += 1;
          const isBroken = isRaised && when({ smallest, times });
          smallest = Infinity;
          return [isBroken ? { ...section, sizeUpdates: [Math.min(last, 4096)] } : section];
        },
      },
    };
  };
}
