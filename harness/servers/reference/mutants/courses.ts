import { setImmediate } from 'node:timers/promises';
import { status } from '../../../grpc/status';
import { errorCodes } from '../../../wire/error-codes';
import type { Call } from '../call';
import type { MakeSeams, Seams } from '../seams';
import { StatusError } from '../status-error';
import { aroundOne, isOf } from './handlers';
import { mutantsOf, type Mutant } from './mutant';
import { countPerStream, onMessages, rememberPaths, whenFrame } from './operators';

type Send = Call['send'];

/** A call whose handler sends in another way. */
const sendingBy = (call: Call, send: Send): Call =>
  new Proxy(call, {
    get: (target, name) => {
      if (name === 'send') return send;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

/** Answers of server-streaming calls that leave only when the handler has ended. @param is gets octets, and how many went before */
const heldToTheEnd = (is: (length: number, index: number) => boolean): Seams =>
  aroundOne(async (call, message, handle) => {
    const held: (() => Promise<void>)[] = [];
    let index = 0;
    const send: Send = async (octets, options) => {
      // What is held back holds back what comes after it.
      if (is(octets.length, index++) || held.length > 0) held.push(() => call.send(octets, options));
      else await call.send(octets, options);
    };
    await handle(sendingBy(call, send), message);
    for (const one of held) await one();
  }, isOf('StreamingOutputCall'));

/** A bidirectional handler that ends with an error status ends in another way. */
const endingOtherwise = (end: (call: Call, error: StatusError) => Promise<void>): Seams => ({
  policy: {
    serve: (path, method) =>
      method?.kind === 'bidirectional-streaming' && isOf('FullDuplexCall')(path)
        ? {
            ...method,
            handle: async (call: Call) => {
              try {
                await method.handle(call);
              } catch (error) {
                if (!(error instanceof StatusError)) throw error;
                await end(call, error);
              }
            },
          }
        : method,
  },
});

const readRest = async (call: Call): Promise<void> => {
  while ((await call.receive()) !== undefined);
};

/** True when another message has arrived already. */
const hasMore = async (call: Call): Promise<boolean> => {
  const next = call.receive().then(
    (message) => message !== undefined,
    () => false,
  );
  return Promise.race([next, setImmediate(false)]);
};

/** Handlers of such requests are started so many times. @param is gets octets of a request message, and the DATA frames that it came in */
const started = (times: number, is: (length: number, frames: number) => boolean): MakeSeams => {
  return () => {
    const struck = new Set<number>();
    return {
      policy: {
        receive: ({ octets, frames, streamId }, read) => {
          if (is(octets.length, frames)) struck.add(streamId);
          return read();
        },
        starts: (streamId) => (struck.has(streamId) ? times : 1),
      },
    };
  };
};

/** Responses of bidirectional calls that wait for the client. */
function heldBack(is: (length: number, index: number) => boolean): MakeSeams {
  return (wire) => {
    const paths = rememberPaths();
    const counts = countPerStream();
    const held = new Map<number, Uint8Array[]>();
    return {
      inbound: {
        ...paths.inbound,
        frame: (frame) => {
          if (frame.type === 'DATA') {
            const messages = held.get(frame.streamId) ?? [];
            held.delete(frame.streamId);
            for (const message of messages) wire.sendMessage(frame.streamId, message);
          }
          return [frame];
        },
      },
      outbound: {
        message: (message, { id, remoteEnded }) => {
          if (!isOf('FullDuplexCall')(paths.of(id)) || remoteEnded || !is(message.length, counts.next(id)))
            return [message];
          held.set(id, [...(held.get(id) ?? []), message]);
          return [];
        },
      },
    };
  };
}

export const courseMutants: readonly Mutant[] = [
  ...mutantsOf('RPC-07-ping-pong-interleaving', {
    'small-held-back': {
      says: 'Small responses of bidirectional calls, after the first, are held back until the next message or the half-close',
      seams: heldBack((length, index) => length <= 69 && index > 0),
    },
    'all-held-back': {
      says: 'Responses of bidirectional calls are held back until the next message or the half-close',
      seams: heldBack(() => true),
    },
    'large-held-back': {
      says: 'Responses of bidirectional calls of more than 1,024 octets are held back until the next message or the half-close',
      seams: heldBack((length) => length > 1024),
    },
    'tenth-held-back': {
      says: 'From the tenth response on a bidirectional call waits for the next message or the half-close',
      seams: heldBack((_, index) => index >= 9),
    },
  }),
  ...mutantsOf('RPC-08-streaming-responses-not-buffered', {
    'all-at-the-end': {
      says: 'Answers of server-streaming calls leave when the handler has ended',
      ...heldToTheEnd(() => true),
    },
    'small-at-the-end': {
      says: 'From the first answer of less than 1,000 octets on, answers of server-streaming calls leave when the handler has ended',
      survives: {
        where: 'without examples',
        reason:
          'a machine that is busy hides for how long an answer was held back, and the few generated calls are judged by the clock',
      },
      ...heldToTheEnd((length) => length < 1000),
    },
    'second-at-the-end': {
      says: 'From the second on, answers of server-streaming calls leave when the handler has ended',
      ...heldToTheEnd((_, index) => index > 0),
    },
    'large-at-the-end': {
      says: 'From the first answer of more than 4,096 octets on, answers of server-streaming calls leave when the handler has ended',
      ...heldToTheEnd((length) => length > 4096),
    },
  }),
  ...mutantsOf('RPC-09-server-may-end-first', {
    'waits-for-half-close': {
      says: 'A bidirectional call that ends with an error is ended after the half-close',
      ...endingOtherwise(async (call, error) => {
        await readRest(call);
        throw error;
      }),
    },
    'surplus-fatal': {
      says: 'DATA on a stream that the server has ended is a connection error',
      seams: whenFrame('DATA', ({ streamId }, wire) => {
        if (wire.find(streamId) === undefined) wire.fail(errorCodes.STREAM_CLOSED, 'DATA on a closed stream');
      }),
    },
    'ok-when-more': {
      says: 'The error status of a bidirectional call is lost when another message has arrived already',
      ...endingOtherwise(async (call, error) => {
        if (!(await hasMore(call))) throw error;
      }),
    },
    'internal-when-more': {
      says: 'A bidirectional call that ends with an error while another message is unread ends with INTERNAL',
      ...endingOtherwise(async (call, error) => {
        throw (await hasMore(call)) ? new StatusError(status.INTERNAL, error.message) : error;
      }),
    },
    'third-answer-lost': {
      says: 'The third answer of a bidirectional call is lost while the request is open',
      ...onMessages((message, index, { remoteEnded }) => (index === 2 && !remoteEnded ? [] : [message])),
    },
  }),
  ...mutantsOf('RPC-10-exactly-once-per-stream', {
    'many-frames-twice': {
      says: 'A handler whose request came in three or more DATA frames is started twice',
      seams: started(2, (_, frames) => frames >= 3),
    },
    'large-twice': {
      says: 'A handler whose request message is larger than 512 octets is started twice',
      seams: started(2, (length) => length > 512),
    },
    'empty-not-run': {
      says: 'A request message of less than 6 octets is answered from a cache, without its handler',
      seams: started(0, (length) => length < 6),
    },
    'beside-twice': {
      says: 'A handler that is started while another stream is open is started twice',
      seams: (wire) => ({ policy: { starts: () => (wire.streams().length > 1 ? 2 : 1) } }),
    },
  }),
  ...mutantsOf('RPC-11-repeatable-on-one-connection', {
    'after-reset-inside-message': {
      says: 'When the client has reset a call inside a message, the next request of the connection finds no method',
      seams: (wire) => {
        let stumbles = false;
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'RST_STREAM' && wire.find(frame.streamId)?.insideMessage === true) stumbles = true;
              return [frame];
            },
          },
          policy: {
            serve: (_, method) => {
              if (!stumbles) return method;
              stumbles = false;
              return undefined;
            },
          },
        };
      },
    },
  }),
];
