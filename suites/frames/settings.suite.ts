import {
  anyEnd,
  arb,
  connectionError,
  connectionPreface,
  encodeFrame,
  experiment,
  fc,
  initialSettings,
  joinOctets,
  payloadOf,
  settingIds,
  settings,
  stimulus,
  streamInState,
  streamStates,
  unaryCall,
  type AnyProperty,
  type PlanBuilder,
  type Setting,
} from '../../harness';
import { isRepeated, unlessRepeated } from './shared';

const { ENABLE_PUSH, HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE, MAX_CONCURRENT_STREAMS, MAX_FRAME_SIZE } = settingIds;
const { MAX_HEADER_LIST_SIZE } = settingIds;
const largestValue = 2 ** 32 - 1;

const settingOf = (id: number, value: fc.Arbitrary<number>) => arb.record({ id: fc.constant(id), value });

/** Values that a parameter may not have (RFC 9113 §6.5.2). */
const forbidden = (): fc.Arbitrary<Setting> => {
  const { MAX_FRAME_SIZE: smallest } = initialSettings;
  const push = [3, 255, 256, 257, 65_536, 2 ** 31];
  return fc.oneof(
    {
      arbitrary: settingOf(ENABLE_PUSH, arb.boundaryInteger({ min: 2, max: largestValue, boundaries: push })),
      weight: 2,
    },
    settingOf(INITIAL_WINDOW_SIZE, arb.boundaryInteger({ min: 2 ** 31, max: largestValue, boundaries: [2 ** 31 + 1] })),
    settingOf(MAX_FRAME_SIZE, arb.boundaryInteger({ max: smallest - 1, boundaries: [1, smallest - 2] })),
    settingOf(MAX_FRAME_SIZE, arb.boundaryInteger({ min: 2 ** 24, max: largestValue, boundaries: [2 ** 24 + 1] })),
  );
};

/** Legal extremes (RFC 9113 §6.5.2), of which a client may have any. */
const extremes: readonly Setting[] = [
  { id: MAX_CONCURRENT_STREAMS, value: 0 },
  { id: ENABLE_PUSH, value: 1 },
  { id: MAX_FRAME_SIZE, value: 2 ** 24 - 1 },
  { id: HEADER_TABLE_SIZE, value: 0 },
  { id: HEADER_TABLE_SIZE, value: largestValue },
  { id: MAX_HEADER_LIST_SIZE, value: 0 },
  { id: MAX_HEADER_LIST_SIZE, value: largestValue },
  { id: INITIAL_WINDOW_SIZE, value: 2 ** 31 - 1 },
];

/** Identifiers that no document defines: 0, 7, and those beyond the extensions; none of gRPC's own (gRFC G1). */
const undefinedId = () =>
  fc.oneof(
    arb.boundaryInteger({
      min: 0x0a,
      max: 0xfdff,
      boundaries: [0x0b, 0x0f, 0x10, 0xff, 0x100, 0x7fff, 0x8000, 0xf000],
    }),
    fc.constantFrom(0, 7, 0xfeff, 0xffff),
    // Their lowest octet is that of a known one.
    fc.tuple(fc.integer({ min: 1, max: 0xfd }), fc.integer({ min: 1, max: 6 })).map(
      ([high, low]) => (high << 8) | low,
      (id) => [Number(id) >>> 8, Number(id) & 0xff],
    ),
  );

const undefinedSetting = (): fc.Arbitrary<Setting> =>
  arb.record({
    id: undefinedId(),
    value: arb.boundaryInteger({ max: largestValue, boundaries: [1, 2, 2 ** 31 - 1, 2 ** 31] }),
  });

/** Opens a connection with such SETTINGS, or sends them behind plain ones. */
function say(script: PlanBuilder, list: readonly Setting[], inPreface: boolean): void {
  if (inPreface) script.open({ settings: list });
  else script.fence({ settings: list });
}

/** Values of SETTINGS that a client may not have, need not mean anything, come more than once, and are as large or small as they get. */
export const clientSettings: readonly AnyProperty[] = [
  stimulus('FRAME-17-settings-illegal-values', {
    generates:
      'ENABLE_PUSH of 2 and more, INITIAL_WINDOW_SIZE of 2^31 and more, MAX_FRAME_SIZE below 16,384 and from 2^24 on; alone, after and before up to three legal settings, in the preface or later, beside a stream in any state',
    accepts: [connectionError],
    effort: 0.5,
    sends: () =>
      arb.record({
        wrong: forbidden(),
        before: arb.clientSettings({ maxCount: 3 }),
        after: arb.clientSettings({ maxCount: 2 }),
        state: fc.constantFrom('in the preface', 'in the preface', ...streamStates),
      }),
    labels: {
      ENABLE_PUSH: ({ wrong }) => wrong.id === ENABLE_PUSH,
      INITIAL_WINDOW_SIZE: ({ wrong }) => wrong.id === INITIAL_WINDOW_SIZE,
      'MAX_FRAME_SIZE too small': ({ wrong }) => wrong.id === MAX_FRAME_SIZE && wrong.value < 16_384,
      'MAX_FRAME_SIZE too large': ({ wrong }) => wrong.id === MAX_FRAME_SIZE && wrong.value >= 16_384,
      'in the preface': ({ state }) => state === 'in the preface',
      'in mid-connection': ({ state }) => state !== 'in the preface',
      'after legal settings': ({ before }) => before.length > 0,
      'before legal settings': ({ after }) => after.length > 0,
    },
    examples: () =>
      [
        { id: ENABLE_PUSH, value: 2 },
        { id: ENABLE_PUSH, value: 256 },
        { id: INITIAL_WINDOW_SIZE, value: 2 ** 31 },
        { id: MAX_FRAME_SIZE, value: 16_383 },
        { id: MAX_FRAME_SIZE, value: 2 ** 24 },
        { id: MAX_FRAME_SIZE, value: 0 },
      ].flatMap((wrong) =>
        (['in the preface', 'open'] as const).map((state) => ({ wrong, before: [], after: [], state })),
      ),
    write: (script, { wrong, before, after, state }, facts) => {
      // Of a parameter that comes again only the last value would stay.
      const behind = after.filter(({ id }) => id !== wrong.id);
      const frame = settings([...before, wrong, ...behind]);
      if (state === 'in the preface') {
        script.open({ insteadOfPreface: joinOctets([connectionPreface, encodeFrame(frame)]) });
        return;
      }
      streamInState(script, state, facts);
      script.frame(frame);
    },
  }),

  experiment('FRAME-18-settings-unknown-ignored', {
    generates:
      'one to eight settings with identifiers that no document defines and any value, beside up to three known ones, some repeated; in the preface, before a call, or in its midst',
    accepts: [payloadOf(5), 'a connection error in answer to settings that are repeated, recorded as info'],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: () =>
      arb.record({
        unknown: arb.list(undefinedSetting(), { minCount: 1, maxCount: 8 }),
        known: arb.clientSettings({ maxCount: 3, unknown: false }),
        moment: fc.constantFrom('in the preface', 'before the call', 'in the midst of the call'),
      }),
    labels: {
      'in the preface': ({ moment }) => moment === 'in the preface',
      'in the midst of a call': ({ moment }) => moment === 'in the midst of the call',
      'an identifier above 255': ({ unknown }) => unknown.some(({ id }) => id > 0xff),
      'an identifier of at most 255': ({ unknown }) => unknown.some(({ id }) => id <= 0xff),
      'a value of 2^31 or more': ({ unknown }) => unknown.some(({ value }) => value >= 2 ** 31),
      'beside known settings': ({ known }) => known.length > 0,
      'an identifier twice': ({ unknown }) => isRepeated(unknown),
    },
    examples: () =>
      (['in the preface', 'before the call', 'in the midst of the call'] as const).flatMap((moment) =>
        [0, 7, 0x0a, 0xff, 0x105, 0xf0f0].map((id) => ({ unknown: [{ id, value: id }], known: [], moment })),
      ),
    script: (script, { unknown, known, moment }) => {
      const list = [...known.slice(0, 1), ...unknown, ...known.slice(1)];
      const request = unaryCall({ responseSize: 5 });
      if (moment === 'in the preface') script.open({ settings: list });
      if (moment === 'before the call') script.fence({ settings: list });
      const call = script.begin(request);
      if (moment === 'in the midst of the call') script.fence({ settings: list });
      call.sendMessages(request.messages, { endStream: true }).awaitEndOrError();
      call.expect(payloadOf(5), ...unlessRepeated(list));
    },
  }),

  experiment('FRAME-21-client-settings-extremes', {
    generates:
      'one to four of the smallest and largest legal values of SETTINGS: no streams for the server, push allowed, frames of 2^24-1 octets, tables and lists of 0 and 2^32-1 octets, windows of 2^31-1; in the preface or later',
    accepts: [payloadOf(5), 'any end where no answer fits into SETTINGS_MAX_HEADER_LIST_SIZE'],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: () =>
      arb.record({
        chosen: fc.uniqueArray(fc.constantFrom(...extremes), { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
        inPreface: fc.boolean(),
        calls: fc.integer({ min: 1, max: 3 }),
      }),
    labels: {
      ...Object.fromEntries(
        extremes.map(({ id, value }, index) => [
          `${nameOf(id)} ${value}`,
          ({ chosen }: { readonly chosen: readonly Setting[] }) =>
            chosen.some((one) => one.id === id && one.value === extremes[index]?.value),
        ]),
      ),
      'in the preface': ({ inPreface }) => inPreface,
      'in mid-connection': ({ inPreface }) => !inPreface,
      'several calls': ({ calls }) => calls > 1,
    },
    examples: () =>
      extremes.flatMap((one) => [true, false].map((inPreface) => ({ chosen: [one], inPreface, calls: 2 }))),
    script: (script, { chosen, inPreface, calls }) => {
      say(script, chosen, inPreface);
      // What becomes of an answer whose fields may take no octet is for RESP-10, but for silence.
      const hasNoRoom = chosen.some(({ id, value }) => id === MAX_HEADER_LIST_SIZE && value === 0);
      for (let call = 0; call < calls; call++)
        script.call(unaryCall({ responseSize: 5 })).expect(payloadOf(5), ...(hasNoRoom ? [anyEnd] : []));
      if (hasNoRoom) script.fence({ settings: [{ id: MAX_HEADER_LIST_SIZE, value: largestValue }] });
    },
  }),
];

function nameOf(id: number): string {
  return Object.entries(settingIds).find(([, known]) => known === id)?.[0] ?? String(id);
}
