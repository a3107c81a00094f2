import { settings } from '../../../wire/builders';
import { encodeFrame, encodeFrames } from '../../../wire/encode-frame';
import { data } from '../../../wire/builders';
import { joinOctets } from '../../../wire/join-octets';
import type { Attack, Attacker } from '../attacker';
import { blockFrames, literalBlock, responseHeaders, trailersOnly } from '../answers';
import { forever, trickle } from '../pour';
import { keepAlive } from '../relay';
import { alwaysBroken, brokenInTheRun, neverReady } from './common';

export const silence: Attack = () => undefined;
/** Answers PING and SETTINGS, and no call. */
const silentCalls: Attack = (socket) => keepAlive(socket);
const neverReads: Attack = (socket) => void socket.pause();

/** Slow enough for any wait to run out, in milliseconds. */
const slowly = 1000;
/** Often enough to look alive. */
const steadily = 200;

/** Attackers that say nothing, or next to nothing. */
export const silentAttackers: readonly Attacker[] = [
  {
    name: 'silent-from-accept',
    does: 'accepts connections and says nothing',
    means: { moment: 'accept', attack: silence },
    ...neverReady,
  },
  {
    name: 'silent-after-settings',
    does: 'sends SETTINGS and nothing else',
    means: { moment: 'settings', attack: silence },
    ...alwaysBroken,
  },
  {
    name: 'silent-to-calls',
    does: 'answers PING and SETTINGS, and no call',
    means: { moment: 'call', attack: silentCalls },
    ...alwaysBroken,
  },
  {
    name: 'silent-in-the-run',
    does: 'answers nothing on connections of the run',
    means: { moment: 'run', attack: silence },
    ...brokenInTheRun,
    selections: ['plain', 'calls', 'stopped'],
  },
  {
    name: 'never-reads-from-accept',
    does: 'accepts connections and reads nothing from them',
    means: { moment: 'accept', attack: neverReads },
    ...neverReady,
  },
  {
    name: 'never-reads-in-the-run',
    does: 'reads nothing once a call of the run has come',
    means: { moment: 'run', attack: neverReads },
    ...brokenInTheRun,
  },
  {
    name: 'trickled-settings',
    does: 'sends its SETTINGS one octet per second',
    means: {
      moment: 'accept',
      attack: (socket) => trickle(socket, encodeFrame(settings([{ id: 4, value: 65_535 }])), slowly),
    },
    ...neverReady,
  },
  {
    name: 'trickled-answer',
    does: 'answers every call with one octet per second',
    means: { moment: 'call', attack: (socket, stream) => trickle(socket, trailersOnly(stream, '12'), slowly) },
    ...alwaysBroken,
  },
  {
    name: 'trickled-message',
    does: 'answers calls of the run with a message of one octet each fifth of a second, without end',
    means: {
      moment: 'run',
      attack: (socket, stream) => {
        const start = encodeFrames(blockFrames(stream, literalBlock(responseHeaders)));
        const first = encodeFrame(data(stream, Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff)));
        socket.write(joinOctets([start, first]));
        const one = encodeFrame(data(stream, Uint8Array.of(0)));
        const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(one)), steadily);
      },
    },
    ...brokenInTheRun,
  },
  {
    name: 'trickled-field-block',
    does: 'answers calls of the run with a field block that comes one octet each fifth of a second, without end',
    means: {
      moment: 'run',
      attack: (socket, stream) => {
        // A HEADERS frame that announces all that a frame can hold.
        const head = Uint8Array.of(0, 0x40, 0, 1, 4, ...[24, 16, 8, 0].map((bits) => (stream >>> bits) & 0xff));
        socket.write(head);
        trickle(socket, forever(0x88), steadily);
      },
    },
    ...brokenInTheRun,
    selections: ['calls', 'stopped'],
  },
];
