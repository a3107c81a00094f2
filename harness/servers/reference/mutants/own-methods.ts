import { createHash } from 'node:crypto';
import { errorCodes } from '../../../wire/error-codes';
import { joinOctets } from '../../../wire/join-octets';
import type { Frame } from '../../../wire/frame';
import type { MakeSeams, Seams } from '../seams';
import type { ReceivedMessage } from '../policy';
import type { RequestMessage } from '../request-body';
import { isSpecimen } from '../services/herbarium';
import { isHerbarium, readingItself, receiveOne } from './handlers';
import { mutantsOf, type Mutant } from './mutant';
import { countPerStream, onMessagesOf, whenFrame, withContent } from './operators';

/** Octets of memory that a mutant keeps at a time. */
const leakedOctets = 65_536;

/** Requests of the service that stands for those of users, otherwise. */
const onSpecimens = (change: (message: RequestMessage, about: ReceivedMessage) => RequestMessage): Seams => ({
  policy: { receive: (about, read) => (isHerbarium(about.path) ? change(read(), about) : read()) },
});

/** Answers of that service, otherwise; with how many went before. */
const onDescriptions = (change: (content: Uint8Array, index: number, streamId: number) => Uint8Array): MakeSeams =>
  onMessagesOf(isHerbarium, (message, index, { id }) => [withContent(message, change(message.subarray(5), index, id))]);

/** Requests with such a frame are understood in another way. */
const dependsOnFrames =
  (is: (frame: Frame) => boolean): MakeSeams =>
  (wire, server) => {
    const struck = new Set<number>();
    const seams = onDescriptions((content, _, streamId) =>
      struck.has(streamId) ? disguised(content, 'frames') : content,
    )(wire, server);
    return {
      ...seams,
      inbound: {
        ...seams.inbound,
        frame: (frame) => {
          if (is(frame)) struck.add(frame.streamId);
          return [frame];
        },
      },
    };
  };

/** A description with another hash. Its first field is a text of 64 octets. */
function disguised(content: Uint8Array, key: string): Uint8Array {
  const text = createHash('sha256').update(key).update(content).digest('hex');
  return Buffer.concat([content.subarray(0, 2), Buffer.from(text), content.subarray(66)]);
}

/** Descriptions depend on something that they must not depend on. @param read what of a request message that is */
const depends = (read: (message: ReceivedMessage) => string): MakeSeams => {
  const keys = new Map<number, string>();
  return (wire, server) => {
    const seams = onDescriptions((content, _, streamId) => {
      const key = keys.get(streamId) ?? '';
      return key === '' ? content : disguised(content, key);
    })(wire, server);
    return {
      ...seams,
      policy: {
        receive: (about, readMessage) => {
          keys.set(about.streamId, (about.number === 1 ? '' : (keys.get(about.streamId) ?? '')) + read(about));
          return readMessage();
        },
      },
    };
  };
};

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

export const ownMethodMutants: readonly Mutant[] = [
  ...mutantsOf('METHOD-01-legal-answer', {
    'large-reset': {
      says: 'A handler that meets an unexpected value, here a specimen of more than 40 octets, ends its call with RST_STREAM',
      policy: {
        receive: (about, read) => {
          const message = read();
          if (isHerbarium(about.path) && message.octets.length > 40 && isSpecimen(message.octets))
            throw new Error('the specimen is too large');
          return message;
        },
        answersException: () => false,
      },
    },
    'empty-reset': {
      says: 'A handler that meets an empty message ends its call with RST_STREAM',
      policy: {
        receive: (about, read) => {
          if (isHerbarium(about.path) && about.octets.length === 0) throw new Error('the specimen is empty');
          return read();
        },
        answersException: () => false,
      },
    },
    'status-17': {
      says: 'Calls with a message of more than 100 octets end with status 17',
      seams: () => {
        const large = new Set<number>();
        return {
          policy: {
            receive: (about, read) => {
              if (isHerbarium(about.path) && about.octets.length > 100) large.add(about.streamId);
              return read();
            },
          },
          outbound: {
            section: (section) => [
              section.endStream && large.has(section.streamId)
                ? {
                    ...section,
                    fields: section.fields.map((field) =>
                      field.name === 'grpc-status' ? { ...field, value: '17' } : field,
                    ),
                  }
                : section,
            ],
          },
        };
      },
    },
    'no-answer-status': {
      says: 'Calls with a message of more than 200 octets get HTTP status 500',
      seams: () => {
        const large = new Set<number>();
        return {
          policy: {
            receive: (about, read) => {
              if (isHerbarium(about.path) && about.octets.length > 200) large.add(about.streamId);
              return read();
            },
          },
          outbound: {
            section: (section) => [
              large.has(section.streamId)
                ? {
                    ...section,
                    fields: section.fields.map((field) =>
                      field.name === ':status' ? { ...field, value: '500' } : field,
                    ),
                  }
                : section,
            ],
          },
        };
      },
    },
  }),
  ...mutantsOf('METHOD-02-declared-type', {
    'last-octet-lost': {
      says: 'The last octet of every message of an answer but the first is lost',
      seams: onDescriptions((content, index) => (index > 0 ? content.subarray(0, -1) : content)),
    },
    'first-cut': {
      says: 'The last octet of the first message of an answer is lost',
      seams: onDescriptions((content, index) => (index === 0 ? content.subarray(0, -1) : content)),
    },
    'wrong-wire-type': {
      says: 'A text field of an answer is written as a varint',
      seams: onDescriptions((content) => Buffer.concat([Uint8Array.of(0x08, 0x01), content.subarray(66)])),
      survives: {
        where: 'always',
        reason:
          'a field of another wire type than the declared one is an unknown field to every decoder, and those are allowed',
      },
    },
    'not-utf8': {
      says: 'The text of an answer is not UTF-8',
      seams: onDescriptions((content) =>
        Buffer.concat([content.subarray(0, 2), Buffer.alloc(1, 0xff), content.subarray(3)]),
      ),
    },
    'group-open': {
      says: 'The fourth message of an answer ends inside a group',
      seams: onDescriptions((content, index) =>
        index === 3 ? Buffer.concat([content, Uint8Array.of(0x1b)]) : content,
      ),
    },
  }),
  ...mutantsOf('METHOD-03-encodings-alike', {
    'octet-by-octet': {
      says: 'Requests are compared octet by octet, not by what they mean',
      seams: depends(({ octets }) => hex(octets)),
    },
    'length-counts': {
      says: 'The length of a request message counts, beside what it means',
      seams: depends(({ octets }) => String(octets.length)),
    },
    'first-field': {
      says: 'What a request means depends on the field that comes first',
      seams: depends(({ octets }) => String((octets[0] ?? 0) >> 3)),
    },
  }),
  ...mutantsOf('METHOD-04-framing-alike', {
    'three-frames': {
      says: 'A request that comes in three or more DATA frames is understood in another way',
      seams: depends(({ frames }) => (frames >= 3 ? 'frames' : '')),
    },
    'prefix-split': {
      says: 'A request whose prefix is split over DATA frames is understood in another way',
      seams: depends(({ prefixSplit }) => (prefixSplit ? 'split' : '')),
    },
    padded: {
      says: 'A request in padded DATA frames is understood in another way',
      seams: dependsOnFrames((frame) => frame.type === 'DATA' && frame.padLength !== undefined),
    },
    continuation: {
      says: 'A request whose header took CONTINUATION is understood in another way',
      seams: dependsOnFrames(({ type }) => type === 'CONTINUATION'),
    },
  }),
  ...mutantsOf('METHOD-05-undecodable-request', {
    'taken-for-empty': {
      says: 'A request that does not decode is taken for an empty one',
      ...onSpecimens((message) => (isSpecimen(message.octets) ? message : { ...message, octets: new Uint8Array(0) })),
    },
    'longest-beginning': {
      says: 'Of a request that does not decode the longest beginning that does is taken',
      ...onSpecimens((message) => {
        let { octets } = message;
        while (octets.length > 0 && !isSpecimen(octets)) octets = octets.subarray(0, -1);
        return { ...message, octets };
      }),
    },
    'last-octets-dropped': {
      says: 'Of a request that does not decode up to four octets at the end are passed over',
      ...onSpecimens((message) => {
        for (let cut = 0; cut <= 4; cut++) {
          const octets = message.octets.subarray(0, message.octets.length - cut);
          if (isSpecimen(octets)) return { ...message, octets };
        }
        return message;
      }),
    },
  }),
  ...mutantsOf('METHOD-06-cancellation', {
    'before-half-close': {
      says: 'RST_STREAM before the half-close ends the connection',
      seams: whenFrame('RST_STREAM', ({ streamId }, wire) => {
        if (wire.find(streamId)?.remoteEnded === false)
          wire.fail(errorCodes.PROTOCOL_ERROR, 'RST_STREAM before the half-close');
      }),
    },
    'after-half-close': {
      says: 'RST_STREAM on an open stream after the half-close ends the connection',
      seams: whenFrame('RST_STREAM', ({ streamId }, wire) => {
        if (wire.find(streamId)?.remoteEnded === true)
          wire.fail(errorCodes.PROTOCOL_ERROR, 'RST_STREAM after the half-close');
      }),
    },
    'inside-message': {
      says: 'RST_STREAM in the middle of a message ends the connection',
      seams: (wire) => {
        const requests = new Map<number, Uint8Array>();
        return {
          inbound: {
            frame: (frame) => {
              if (frame.type === 'DATA')
                requests.set(
                  frame.streamId,
                  joinOctets([requests.get(frame.streamId) ?? new Uint8Array(0), frame.data]),
                );
              if (frame.type === 'RST_STREAM' && endsInside(requests.get(frame.streamId)))
                wire.fail(errorCodes.PROTOCOL_ERROR, 'RST_STREAM inside a message');
              return [frame];
            },
          },
        };
      },
    },
    'others-too': {
      says: 'RST_STREAM ends all streams of the connection',
      seams: whenFrame('RST_STREAM', ({ streamId }, wire) => {
        for (const { id } of wire.streams()) if (id !== streamId) wire.reset(id, errorCodes.CANCEL);
      }),
    },
  }),
  ...mutantsOf('METHOD-07-deadline', {
    'open-request': {
      says: 'The deadline of a call whose request is not complete is not enforced',
      policy: { enforcesDeadline: (halfClosed) => halfClosed },
    },
    never: { says: 'Deadlines are not enforced', policy: { enforcesDeadline: () => false } },
  }),
  ...mutantsOf('METHOD-08-stingy-reader', {
    'wrong-octets': {
      says: 'A message that is sent while the window is closed goes out with wrong octets',
      outbound: {
        message: (message, { sendWindow }) => [
          sendWindow <= 0 ? withContent(message, new Uint8Array(message.length - 5).fill(0x07)) : message,
        ],
      },
    },
    'behind-the-first': {
      says: 'A message that is sent while the window is closed, and is not the first, loses its last octet',
      seams: () => {
        const counts = countPerStream();
        return {
          outbound: {
            message: (message, { id, sendWindow }) => [
              counts.next(id) > 0 && sendWindow <= 0 ? withContent(message, message.subarray(5, -1)) : message,
            ],
          },
        };
      },
    },
  }),
  ...mutantsOf('METHOD-09-stalled-reader', {
    'made-ahead': {
      says: 'An endless answer is made ahead of what the window lets through, and kept',
      seams: (_, { leaked }) => ({
        policy: {
          serve: (path, method, find) => {
            const expand = find('/botany.v1.Herbarium/Expand');
            if (!path.endsWith('/Pour') || expand?.kind !== 'server-streaming') return method;
            return {
              kind: 'server-streaming',
              handle: async (call, message) => {
                await expand.handle(call, message);
                for (let index = 5; ; index++) {
                  leaked.push(new Uint8Array(leakedOctets).fill(index));
                  await call.sleep(1);
                }
              },
            };
          },
        },
      }),
    },
  }),
  ...mutantsOf('METHOD-10-cardinality', {
    'none-as-empty': {
      says: 'A request without any message is taken for one with an empty message',
      ...readingItself(async (call, handle) => {
        await handle(call, (await receiveOne(call)) ?? { octets: new Uint8Array(0), compressed: false });
      }, isHerbarium),
    },
    'several-answered': {
      says: 'A unary method answers each of several request messages and ends with OK',
      ...readingItself(
        async (call, handle) => {
          for (let message = await call.receive(); message !== undefined; message = await call.receive())
            await handle(call, message);
        },
        (path, kind) => isHerbarium(path) && kind === 'unary',
      ),
    },
    'last-of-several': {
      says: 'Of several request messages the last is answered, with OK',
      ...readingItself(async (call, handle) => {
        let last: RequestMessage | undefined;
        for (let message = await call.receive(); message !== undefined; message = await call.receive()) last = message;
        if (last !== undefined) await handle(call, last);
      }, isHerbarium),
    },
  }),
  ...mutantsOf('METHOD-11-compressed-alike', {
    'last-octet-lost': {
      says: 'The last octet of a compressed request is lost',
      ...onSpecimens((message) =>
        message.compressed ? { ...message, octets: message.octets.subarray(0, -1) } : message,
      ),
    },
    'understood-otherwise': {
      says: 'A compressed request is understood in another way',
      seams: depends(({ compressed }) => (compressed ? 'compressed' : '')),
    },
  }),
];

/** True when octets of a request end inside a message. */
function endsInside(octets: Uint8Array = new Uint8Array(0)): boolean {
  let at = 0;
  while (at + 5 <= octets.length) at += 5 + new DataView(octets.buffer, octets.byteOffset + at).getUint32(1);
  return at !== octets.length;
}
