import { data, goaway, rstStream, windowUpdate } from '../../wire/builders';
import { errorCodes } from '../../wire/error-codes';
import { observe } from '../../grpc/observe';
import { opening, planOf, received, request, sent, transcriptOf, type Arrow } from '../../rules/transcript.test-helper';
import { bearsOverrun, keepsConnectionCredit } from './unread';

const octets = (count: number): Uint8Array => new Uint8Array(count);
const reset = sent(rstStream(1, errorCodes.CANCEL));

const seenOf = (...arrows: readonly Arrow[]) =>
  observe(
    { steps: [], calls: [planOf()] },
    { connections: [transcriptOf([...opening(), request(), ...arrows])], samples: {} },
  );

const sendOf = (count: number): readonly Arrow[] =>
  Array.from({ length: Math.ceil(count / 16_000) }, (_, index) =>
    sent(data(1, octets(Math.min(16_000, count - index * 16_000)))),
  );

test.each<[reason: string, arrows: readonly Arrow[], want: readonly string[]]>([
  ['within the window', [...sendOf(60_000), reset], []],
  ['a little more, taken', [...sendOf(70_000), reset], ['info taken']],
  ['much more, taken', [...sendOf(400_000), reset], ['own taken']],
  ['a stream error', [...sendOf(400_000), received(rstStream(1, errorCodes.FLOW_CONTROL_ERROR))], []],
  ['a connection error', [...sendOf(400_000), received(goaway(1, errorCodes.FLOW_CONTROL_ERROR))], []],
  ['granted meanwhile', [...sendOf(70_000), received(windowUpdate(1, 10_000), windowUpdate(0, 10_000)), reset], []],
])('DATA beyond the window: %s', (_, arrows, want) => {
  const seen = seenOf(...arrows);
  const got = bearsOverrun(seen.connection(), seen.call());
  expect(got.map(({ severity = 'own', reaction }) => `${severity} ${reaction}`)).toEqual(want);
});

test.each<[reason: string, arrows: readonly Arrow[], want: number]>([
  ['given back at once', [...sendOf(60_000), received(windowUpdate(0, 60_000)), reset], 0],
  ['given back with the reset', [...sendOf(60_000), reset, received(windowUpdate(0, 60_000))], 1],
  ['never used up', [...sendOf(40_000), reset], 0],
  ['never reset', [...sendOf(60_000)], 0],
])('credit of the connection: %s', (_, arrows, want) => {
  const seen = seenOf(...arrows);
  expect(keepsConnectionCredit(seen.connection(), seen.call())).toHaveLength(want);
});
