import type { DataFrame } from '../../../wire/frame';
import type { MakeSeams, OutgoingSection, Wire } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { besideOnly, isHeaders } from './operators';

/** What a handler sends before the client has said anything, which waits until it has. */
interface Held {
  section?: OutgoingSection;
  readonly messages: Uint8Array[];
}

/**
 * Answers wait for the client to speak. @param what of them waits @param letsGo the frame that they wait for @param when only then, as the handler speaks
 */
const silentUntil =
  (
    what: 'all' | 'messages',
    letsGo: (frame: DataFrame) => boolean,
    when: (wire: Wire, streamId: number) => boolean = () => true,
  ): MakeSeams =>
  (wire) => {
    const spoken = new Set<number>();
    const held = new Map<number, Held>();
    const hold = (streamId: number): Held => {
      const one = held.get(streamId) ?? { messages: [] };
      held.set(streamId, one);
      return one;
    };
    const release = (streamId: number): void => {
      const { section, messages = [] } = held.get(streamId) ?? {};
      held.delete(streamId);
      if (section !== undefined) wire.sendSection(section);
      for (const message of messages) wire.sendMessage(streamId, message);
    };
    return {
      inbound: {
        frame: (frame) => {
          if (frame.type === 'DATA' && letsGo(frame)) {
            spoken.add(frame.streamId);
            release(frame.streamId);
          }
          return [frame];
        },
      },
      outbound: {
        section: (section) => {
          const { streamId } = section;
          if (what === 'messages' || !isHeaders(section) || spoken.has(streamId) || !when(wire, streamId))
            return [section];
          hold(streamId).section = section;
          return [];
        },
        message: (message, { id }) => {
          if (spoken.has(id) || (!held.has(id) && (what === 'all' || !when(wire, id)))) return [message];
          hold(id).messages.push(message);
          return [];
        },
      },
    };
  };

const windowOf = (wire: Wire, streamId: number): number => wire.find(streamId)?.sendWindow ?? 1;

/** Handlers that speak first, and are not heard. */
export const greetingMutants: readonly Mutant[] = [
  ...mutantsOf('RPC-12-server-speaks-first', {
    'until-first-message': {
      says: 'Nothing of an answer is sent before the first DATA of its request',
      seams: silentUntil('all', () => true),
    },
    'until-half-close': {
      says: 'Nothing of an answer is sent before the half-close',
      seams: silentUntil('all', ({ endStream }) => endStream),
    },
    'message-held-back': {
      says: 'Response-Headers are sent at once, and no message before the first DATA of the request',
      seams: silentUntil('messages', () => true),
    },
    'no-window': {
      says: 'A message that is sent while the window is 0 and the client silent waits for the first DATA of the request',
      seams: silentUntil(
        'messages',
        () => true,
        (wire, id) => windowOf(wire, id) <= 0,
      ),
    },
    'beside-another': besideOnly({
      says: 'Nothing of an answer is sent before the first DATA of its request',
      seams: silentUntil('all', () => true),
    }),
  }),
];
