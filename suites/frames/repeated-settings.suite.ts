import {
  arb,
  experiment,
  fc,
  openStalled,
  settingIds,
  streamOfSizes,
  unaryCall,
  usesCredit,
  type AnyProperty,
  type Breach,
  type ConnectionView,
  type Setting,
} from '../../harness';
import { awaitUse, download, enoughFor } from '../flow-control/shared';
import { unlessRepeated } from './shared';

const { ENABLE_PUSH, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE } = settingIds;
const noPush: Setting = { id: ENABLE_PUSH, value: 0 };

/** Several values of one parameter in one frame (RFC 9113 §6.5.3). */
export const repeatedSettings: readonly AnyProperty[] = [
  experiment('FRAME-20-settings-last-value-wins', {
    generates:
      'SETTINGS with two to five values of INITIAL_WINDOW_SIZE of 1 to 40,000 octets, in the preface, before a call or in its midst, and an answer that is longer',
    accepts: [
      'as many octets as the last value, and the rest when there is credit',
      'a connection error in answer to settings that are repeated, recorded as info',
    ],
    needs: ['server-streaming'],
    effort: 0.3,
    arbitrary: () =>
      arb.record({
        values: arb.list(arb.boundaryInteger({ min: 1, max: 40_000, boundaries: [2, 100, 16_384] }), {
          minCount: 2,
          maxCount: 5,
        }),
        between: fc.boolean(),
        moment: fc.constantFrom('in the preface', 'before the call', 'beside another call'),
      }),
    labels: {
      'the last is the largest': ({ values }) => isExtreme(values, Math.max(...values)),
      'the last is the smallest': ({ values }) => isExtreme(values, Math.min(...values)),
      'the last is neither': ({ values }) =>
        values.at(-1) !== Math.max(...values) && values.at(-1) !== Math.min(...values),
      'another setting in between': ({ between }) => between,
      'in the preface': ({ moment }) => moment === 'in the preface',
      'in mid-connection': ({ moment }) => moment !== 'in the preface',
    },
    examples: () =>
      [
        [100, 1],
        [1, 100],
        [5, 3000, 100],
        [3000, 5, 100],
      ].flatMap((values) =>
        (['in the preface', 'before the call'] as const).map((moment) => ({
          values,
          between: values.length > 2,
          moment,
        })),
      ),
    script: (script, { values, between, moment }) => {
      const last = lastOf(values);
      const list = values.map((value): Setting => ({ id: INITIAL_WINDOW_SIZE, value }));
      const repeated = between ? list.toSpliced(1, 0, { id: MAX_FRAME_SIZE, value: 16_384 }) : list;
      const housekeeping = { replenishStreams: false, replenishConnection: false };
      if (moment === 'in the preface') script.open({ settings: [noPush, ...repeated], housekeeping });
      else openStalled(script, 1000);
      if (moment === 'beside another call') script.begin(unaryCall({ responseSize: 1 }), { role: 'bystander' });
      if (moment !== 'in the preface') script.fence({ settings: repeated });
      const sizes = [last + 10];
      const call = download(script, sizes);
      awaitUse(script, call).grant(0, enoughFor(sizes));
      call.grant(enoughFor(sizes)).awaitEndOrError();
      call.expect(streamOfSizes(sizes), ...unlessRepeated(repeated));
    },
    check: (seen, { values }) => [
      ...(seen.connection().closed === undefined ? usesWindow(seen.connection(), seen.call().plan.stream, values) : []),
      ...usesCredit(seen),
    ],
  }),
];

const lastOf = (values: readonly number[]): number => values.at(-1) ?? 0;

const isExtreme = (values: readonly number[], extreme: number): boolean =>
  values.at(-1) === extreme && values.some((value) => value !== extreme);

/** That the octets which came on a stream before any WINDOW_UPDATE for it are as many as the last of these values. */
function usesWindow({ packets }: ConnectionView, stream: number, values: readonly number[]): readonly Breach[] {
  const grant = packets.findIndex(
    (packet) =>
      packet.kind === 'frame' &&
      packet.direction === 'sent' &&
      packet.frame.type === 'WINDOW_UPDATE' &&
      packet.frame.streamId === stream,
  );
  const came = packets
    .slice(0, grant === -1 ? packets.length : grant)
    .flatMap((packet) => (packet.kind === 'frame' && packet.direction === 'received' ? [packet.frame] : []))
    .reduce(
      (sum, frame) => sum + (frame.type === 'DATA' && frame.streamId === stream ? frame.flowControlledLength : 0),
      0,
    );
  const last = lastOf(values);
  if (came <= last && !values.slice(0, -1).some((value) => value === came && value < last)) return [];
  return [
    {
      observed: `${came} octets of DATA before any credit of ours, with windows of ${values.join(', ')} octets in one SETTINGS frame`,
      expected: `${last} octets: the last value stays`,
      reaction: came > last ? 'too much' : 'an earlier value',
    },
  ];
}
