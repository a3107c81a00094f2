import { goaway } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import type { MakeSeams, Wire } from '../seams';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import { onFramesOf } from './operators';

const onAge = (clause: Omit<Clause, 'beside'>): Clause => ({ ...clause, beside: 'connection-age=1000' });
const onIdle = (clause: Omit<Clause, 'beside'>): Clause => ({ ...clause, beside: 'idle-close=500' });

const lastNamed = (payload: Uint8Array): number => Buffer.from(payload).readUInt32BE();

/** GOAWAYs, with another code or other debug data. */
const otherGoaway = (errorCode: number, text: string) =>
  onFramesOf('GOAWAY', ({ payload }) => [goaway(lastNamed(payload), errorCode, Buffer.from(text))]);

/** What happens when the first GOAWAY leaves. */
const withGoaway =
  (act: (wire: Wire) => void): MakeSeams =>
  (wire) => {
    let hasActed = false;
    return onFramesOf('GOAWAY', (frame) => {
      if (!hasActed) act(wire);
      hasActed = true;
      return [frame];
    });
  };

const cutAll = (wire: Wire): void => {
  for (const { id } of wire.streams()) wire.reset(id, errorCodes.CANCEL);
};

/** How connections end that are old, or on which nothing goes on. */
export const lifetimeMutants: readonly Mutant[] = [
  ...mutantsOf('KA-11-max-age-and-idle', {
    'cuts-calls': onAge({
      says: 'Calls are reset when their connection is too old',
      seams: withGoaway(cutAll),
    }),
    'cuts-calls-soon': onAge({
      says: 'Calls are reset after a fifth of the grace time',
      seams: withGoaway((wire) => void setTimeout(() => cutAll(wire), 200).unref()),
    }),
    'drops-calls': onAge({
      says: 'A connection that is too old is closed, whatever is under way',
      seams: withGoaway((wire) => void setTimeout(() => wire.drop(), 50).unref()),
    }),
    'cuts-incomplete-uploads': onAge({
      says: 'Calls inside a request message are reset when their connection is too old',
      seams: withGoaway((wire) => {
        for (const { id, insideMessage } of wire.streams()) if (insideMessage) wire.reset(id, errorCodes.CANCEL);
      }),
    }),
    'age-without-goaway': onAge({
      says: 'A connection that is too old is closed without GOAWAY when its calls are done',
      ...onFramesOf('GOAWAY', () => []),
    }),
    'age-other-code': onAge({
      says: 'The GOAWAY of a connection that is too old has the code ENHANCE_YOUR_CALM',
      ...otherGoaway(errorCodes.ENHANCE_YOUR_CALM, 'max_age'),
    }),
    'age-other-text': onAge({
      says: 'The GOAWAY of a connection that is too old has no debug data',
      ...otherGoaway(errorCodes.NO_ERROR, ''),
    }),
    'idle-other-code': onIdle({
      says: 'The GOAWAY of an idle connection has the code INTERNAL_ERROR',
      ...otherGoaway(errorCodes.INTERNAL_ERROR, 'connection idle'),
    }),
    'idle-other-text': onIdle({
      says: 'The GOAWAY of an idle connection says that it is too old',
      ...otherGoaway(errorCodes.NO_ERROR, 'max_age'),
    }),
    'idle-without-goaway': onIdle({
      says: 'An idle connection is closed without GOAWAY',
      seams: (wire) =>
        onFramesOf('GOAWAY', () => {
          wire.drop();
          return [];
        }),
    }),
    'never-idle': onIdle({
      says: 'A connection that has had a call is never idle',
      policy: { lives: (why) => why === 'idle' },
    }),
    'never-old': onAge({
      says: 'A connection is never too old',
      policy: { lives: (why) => why === 'age' },
    }),
    'calls-are-idle': onIdle({
      says: 'A connection is closed as idle while calls on it wait for the client',
      seams: (wire) => {
        let timer: NodeJS.Timeout | undefined;
        return {
          outbound: {
            frame: (frame) => {
              timer ??= setTimeout(() => wire.drop(), 800).unref();
              return [frame];
            },
          },
        };
      },
    }),
  }),
];
