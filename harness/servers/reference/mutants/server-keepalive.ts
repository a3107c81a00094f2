import { goaway } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import { frameTypes } from '../../../wire/frame';
import type { Policy } from '../policy';
import type { MakeSeams, Seams } from '../seams';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import { onFramesIn, whenFrame } from './operators';

/** Milliseconds that C-core waits for an answer to a PING unless told otherwise. */
const muchLonger = 60_000;

const acksUnread: Seams = onFramesIn((frame) => (frame.type === 'PING' && frame.ack ? [] : [frame]));

const onKeepalive = (clause: Omit<Clause, 'beside'>): Clause => ({ ...clause, beside: 'keepalive=1000' });

/** A policy that asks whether the client has answered a PING of the connection by then. */
const knowingWhoAnswered =
  (policy: (hasAnswered: () => boolean) => Partial<Policy>): MakeSeams =>
  () => {
    let isSo = false;
    return {
      ...onFramesIn((frame) => {
        isSo ||= frame.type === 'PING' && frame.ack;
        return [frame];
      }),
      policy: policy(() => isSo),
    };
  };

/** How a server with a keepalive treats those who answer, and those who do not. */
export const serverKeepaliveMutants: readonly Mutant[] = [
  ...mutantsOf('KA-07-server-keepalive', {
    'acks-unread': onKeepalive({
      says: 'An ACK of a PING of the keepalive is no sign of life',
      ...acksUnread,
    }),
    'acks-are-pings': onKeepalive({
      says: 'The second ACK of a PING of the keepalive ends the connection with too_many_pings',
      seams: (wire) => {
        let acks = 0;
        return onFramesIn((frame) => {
          if (frame.type === 'PING' && frame.ack && ++acks === 2)
            wire.fail(errorCodes.ENHANCE_YOUR_CALM, 'too_many_pings');
          return [frame];
        });
      },
    }),
    'ack-closes': onKeepalive({
      says: 'An ACK of a PING of the keepalive closes a connection with calls',
      seams: whenFrame('PING', (frame, wire) => {
        if (frame.type === 'PING' && frame.ack && wire.streams().length > 0) wire.drop();
      }),
    }),
    'resets-idle-calls': onKeepalive({
      says: 'A call on which nothing was said when the PING of the keepalive is answered is reset',
      seams: whenFrame('PING', (frame, wire) => {
        if (frame.type !== 'PING' || !frame.ack) return;
        for (const { id } of wire.streams()) wire.reset(id, errorCodes.CANCEL);
      }),
    }),
    'no-pings': onKeepalive({
      says: 'The server sends no PING, whatever its keepalive',
      policy: { keepsAlive: () => false },
    }),
    'mute-kept': onKeepalive({
      says: 'Nobody is dropped who does not answer the PING of the keepalive, or only after a minute',
      policy: { keepaliveTimeout: () => muchLonger },
    }),
    'mute-kept-with-calls': onKeepalive({
      says: 'Nobody is dropped who does not answer the PING of the keepalive while calls are under way',
      policy: { keepaliveTimeout: (correct, open) => (open > 0 ? muchLonger : correct) },
    }),
    'stays-open': onKeepalive({
      says: 'Who does not answer the PING of the keepalive gets GOAWAY, and the connection stays',
      policy: { keepaliveTimeout: () => muchLonger },
      seams: (wire) => ({
        outbound: {
          frame: (frame) => {
            if (frame.type === frameTypes.PING)
              setTimeout(() => wire.send(goaway(0, errorCodes.NO_ERROR)), 1000).unref();
            return [frame];
          },
        },
      }),
    }),
    'handlers-run-on': onKeepalive({
      says: 'Handlers are not told that the connection of a mute client was dropped',
      policy: { tells: (why) => why !== 'connection' },
    }),
  }),
  ...mutantsOf('KA-14-keepalive-without-calls', {
    'calls-alone': onKeepalive({
      says: 'PINGs are sent while calls are under way, and not without',
      policy: { keepsAlive: (open) => open > 0 },
    }),
    'mute-kept': onKeepalive({
      says: 'Nobody is dropped who does not answer a PING without calls',
      policy: { keepaliveTimeout: (correct, open) => (open === 0 ? muchLonger : correct) },
    }),
    'once-answered': onKeepalive({
      says: 'Nobody is dropped who has answered a PING before',
      seams: knowingWhoAnswered((hasAnswered) => ({
        keepaliveTimeout: (correct) => (hasAnswered() ? muchLonger : correct),
      })),
    }),
    'one-ping-alone': onKeepalive({
      says: 'A connection without calls gets one PING, and is left alone when it is answered',
      seams: knowingWhoAnswered((hasAnswered) => ({ keepsAlive: (open) => open > 0 || !hasAnswered() })),
    }),
  }),
];
