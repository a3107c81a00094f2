import { goaway, rstStream } from '../../../wire/builders';
import { encodeFrame } from '../../../wire/encode-frame';
import { errorCodes } from '../../../wire/error-codes';
import type { Attack, Attacker } from '../attacker';
import { trailersOnly } from '../answers';
import { brokenByChance, brokenInTheRun, hardlyReady, neverReady, refusesAll } from './common';

export const close: Attack = (socket) => void socket.end();
export const reset: Attack = (socket) => void socket.resetAndDestroy();
export const closeInMidFrame: Attack = (socket) => void socket.end(Uint8Array.of(0, 0, 100, 1, 4, 0));
const resetSoon: Attack = (socket, _stream, random) => void setTimeout(() => socket.resetAndDestroy(), random() * 60);
const sayCalm: Attack = (socket) =>
  void socket.end(encodeFrame(goaway(0, errorCodes.ENHANCE_YOUR_CALM, Buffer.from('too_many_pings'))));

/** Attackers that end connections and calls. */
export const endingAttackers: readonly Attacker[] = [
  {
    name: 'close-at-accept',
    does: 'closes connections at once',
    means: { moment: 'accept', attack: close },
    ...neverReady,
  },
  {
    name: 'reset-at-accept',
    does: 'resets connections at once',
    means: { moment: 'accept', attack: reset },
    ...neverReady,
  },
  {
    name: 'close-after-settings',
    does: 'closes connections after its SETTINGS',
    means: { moment: 'settings', attack: close },
    ...hardlyReady,
  },
  {
    name: 'close-in-mid-frame-at-accept',
    does: 'closes connections in the middle of its first frame',
    means: { moment: 'accept', attack: closeInMidFrame },
    ...neverReady,
  },
  {
    name: 'reset-after-settings',
    does: 'resets connections after its SETTINGS',
    means: { moment: 'settings', attack: reset },
    ...hardlyReady,
  },
  {
    name: 'close-in-mid-frame-after-settings',
    does: 'closes connections in the middle of its second frame',
    means: { moment: 'settings', attack: closeInMidFrame },
    ...hardlyReady,
  },
  {
    name: 'close-in-the-run',
    does: 'closes connections of the run at their first call',
    means: { moment: 'run', attack: close },
    ...brokenInTheRun,
  },
  {
    name: 'close-in-mid-frame',
    does: 'closes connections of the run in the middle of the header of a frame',
    means: { moment: 'run', attack: closeInMidFrame },
    ...brokenInTheRun,
  },
  {
    name: 'reset-in-the-run',
    does: 'resets connections of the run at their first call',
    means: { moment: 'run', attack: reset },
    ...brokenInTheRun,
    selections: ['plain', 'calls', 'stopped'],
  },
  {
    name: 'reset-by-chance',
    does: 'resets every third connection of the run soon after its first call',
    means: { moment: 'run', attack: resetSoon, probability: 0.33 },
    ...brokenByChance,
  },
  {
    name: 'reset-every-call',
    does: 'answers every call with RST_STREAM(INTERNAL_ERROR)',
    means: {
      moment: 'call',
      attack: (socket, stream) => void socket.write(encodeFrame(rstStream(stream, errorCodes.INTERNAL_ERROR))),
    },
    ...refusesAll,
  },
  {
    name: 'refuse-every-call',
    does: 'answers every call with RST_STREAM(REFUSED_STREAM)',
    means: {
      moment: 'call',
      attack: (socket, stream) => void socket.write(encodeFrame(rstStream(stream, errorCodes.REFUSED_STREAM))),
    },
    ...refusesAll,
  },
  {
    name: 'calm-at-once',
    does: 'sends GOAWAY(ENHANCE_YOUR_CALM) in place of an answer to every call',
    means: { moment: 'call', attack: sayCalm },
    ...refusesAll,
  },
  {
    name: 'calm-in-the-run',
    does: 'sends GOAWAY(ENHANCE_YOUR_CALM) in place of an answer to every call of the run',
    means: { moment: 'run', attack: sayCalm },
    ...refusesAll,
  },
  {
    name: 'goaway-without-end',
    does: 'says GOAWAY(NO_ERROR) below every call of the run, and keeps the connection',
    means: {
      moment: 'run',
      attack: (socket) => void socket.write(encodeFrame(goaway(0, errorCodes.NO_ERROR))),
    },
    ...refusesAll,
  },
  {
    name: 'exhausted-for-ever',
    does: 'answers every call with RESOURCE_EXHAUSTED and a pushback of eleven days',
    means: {
      moment: 'call',
      attack: (socket, stream) =>
        void socket.write(trailersOnly(stream, '8', [{ name: 'grpc-retry-pushback-ms', value: '999999999' }])),
    },
    ...refusesAll,
  },
  {
    name: 'answer-on-wrong-stream',
    does: 'answers every call of the run on the highest stream there is',
    means: { moment: 'run', attack: (socket) => void socket.write(trailersOnly(0x7fff_ffff, '0')) },
    ...brokenInTheRun,
  },
];
