import { errorCodes } from '../../wire/error-codes';
import type { ContinuationFrame, HeadersFrame } from '../../wire/frame';
import { HpackDecoder, leavesTableRight, type Field } from '../../wire/hpack/decoder';
import { initialSettings } from '../../wire/settings';
import { joinOctets } from '../../wire/join-octets';
import type { Behaviour } from './behaviour';
import { ConnectionError, protocolError, tooMuch } from './connection-error';
import { limits } from './limits';
import { checks } from './policy';

/** Table size updates that one block needs at most (RFC 7541 §4.2). */
const mostNeeded = 2;

/** A field block of the client, decoded. */
export interface FieldSection {
  readonly streamId: number;
  /** END_STREAM of its HEADERS frame. */
  readonly endStream: boolean;
  readonly fields: readonly Field[];
  /** `large`: beyond our limit, so that fields are missing. `unreadable`: not decoded, which a correct server ends the connection for. */
  readonly state: 'whole' | 'large' | 'unreadable';
}

/** A field block whose CONTINUATION frames are still coming. */
interface OpenBlock {
  readonly opening: HeadersFrame;
  readonly fragments: Uint8Array[];
  size: number;
}

/** Puts HEADERS and CONTINUATION together and decodes every block, whatever becomes of its stream: the next one builds on it (RFC 9113 §4.3). */
export class BlockReader {
  readonly #behaviour: Behaviour;
  readonly #hpack: HpackDecoder;
  #open: OpenBlock | undefined;
  #before: readonly Field[] = [];

  /** @param headerListSize of a request that we take, counted as RFC 9113 §6.5.2 does */
  constructor(behaviour: Behaviour, headerListSize: number) {
    this.#behaviour = behaviour;
    const { policy } = behaviour;
    this.#hpack = new HpackDecoder({
      maxTableSize: policy.tableLimit(initialSettings.HEADER_TABLE_SIZE),
      maxHeaderListSize: headerListSize,
      takesLateUpdates: behaviour.varies('late-size-updates'),
      table: policy.makeTable(initialSettings.HEADER_TABLE_SIZE),
    });
  }

  /** Follows SETTINGS_HEADER_TABLE_SIZE of ours, once the client has acknowledged it (RFC 9113 §4.3.1). */
  setTableSize(octets: number): void {
    this.#hpack.setMaxTableSize(this.#behaviour.policy.tableLimit(octets));
  }

  /** True between HEADERS without END_HEADERS and the last CONTINUATION. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** @returns the section when it is complete. @throws ConnectionError. */
  readHeaders(frame: HeadersFrame): FieldSection | undefined {
    return this.#add({ opening: frame, fragments: [], size: 0 }, frame.fragment, frame.endHeaders);
  }

  /** @returns the section when it is complete. @throws ConnectionError. */
  readContinuation(frame: ContinuationFrame): FieldSection | undefined {
    if (this.#open === undefined) throw protocolError('CONTINUATION without HEADERS');
    if (frame.streamId !== this.#open.opening.streamId) throw protocolError('CONTINUATION on another stream');
    return this.#add(this.#open, frame.fragment, frame.endHeaders);
  }

  #add(block: OpenBlock, fragment: Uint8Array, isLast: boolean): FieldSection | undefined {
    block.fragments.push(fragment);
    block.size += fragment.length;
    if (block.size > limits.fieldBlockSize || block.fragments.length > limits.continuations + 1) {
      throw tooMuch('field block without end');
    }
    this.#open = isLast ? undefined : block;
    return isLast ? this.#decode(block.opening, joinOctets(block.fragments)) : undefined;
  }

  #decode({ streamId, endStream }: HeadersFrame, block: Uint8Array): FieldSection {
    const { policy } = this.#behaviour;
    if (policy.afterRefusal !== undefined) this.#before = this.#hpack.table.entries;
    const decoded = this.#hpack.decode(block);
    const section = { streamId, endStream, fields: decoded.fields.map((field) => policy.readField(field)) };
    if (decoded.ok) {
      if (decoded.sizeUpdates.length > mostNeeded && this.#behaviour.varies('two-size-updates')) {
        throw new ConnectionError(errorCodes.COMPRESSION_ERROR, 'more table size updates than anybody needs');
      }
      return { ...section, state: 'whole' };
    }
    const { rule, reason } = decoded.error;
    if (rule === 'list-too-large' && leavesTableRight(decoded.error)) return { ...section, state: 'large' };
    const scope = policy.judge('field-block', checks['field-block'], { streamId, reason: rule, words: reason });
    if (scope !== 'connection') return { ...section, state: scope === 'stream' ? 'unreadable' : 'whole' };
    throw new ConnectionError(errorCodes.COMPRESSION_ERROR, reason);
  }

  /** The request of the last section was not served. */
  noteRefusal(): void {
    this.#behaviour.policy.afterRefusal?.(this.#hpack.table, this.#before);
  }
}
