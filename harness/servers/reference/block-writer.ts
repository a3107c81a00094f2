import { continuation, headers } from '../../wire/builders';
import type { RawFrame } from '../../wire/frame';
import { HpackEncoder, type FieldSpec } from '../../wire/hpack/encoder';
import { initialSettings } from '../../wire/settings';
import type { Behaviour } from './behaviour';

/** Octets of padding that padded-frames puts on HEADERS. */
const padLength = 7;

/** Turns field sections into HEADERS and CONTINUATION frames; keeps the encoder of one connection. */
export class BlockWriter {
  readonly #behaviour: Behaviour;
  readonly #encoder = new HpackEncoder();
  #tableSize = initialSettings.HEADER_TABLE_SIZE;

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
  }

  /** Follows SETTINGS_HEADER_TABLE_SIZE of the client. */
  setTableSize(octets: number): void {
    this.#encoder.setMaxTableSize(octets);
    this.#tableSize = octets;
  }

  /** The frames of one field block, in the order in which blocks go to the wire. */
  write(
    streamId: number,
    fields: readonly FieldSpec[],
    options: {
      readonly endStream: boolean;
      readonly maxFrameSize: number;
      readonly sizeUpdates?: readonly number[];
    },
  ): readonly RawFrame[] {
    const { varies } = this.#behaviour;
    const block = this.#encoder.encode(
      fields.map((field) => this.#choose(field)),
      options.sizeUpdates === undefined ? this.#sizeUpdates() : { sizeUpdates: options.sizeUpdates },
    );
    const padding = varies('padded-frames') ? { padLength } : {};
    const cuts = varies('continuation-everywhere') ? [1, 1, Math.ceil(block.length / 2)] : [];
    const fragments = cut(block, cuts, options.maxFrameSize - padLength - 1);
    const last = fragments.length - 1;
    return fragments.map((fragment, index) =>
      index === 0
        ? headers(streamId, fragment, { ...padding, endStream: options.endStream, endHeaders: last === 0 })
        : continuation(streamId, fragment, { endHeaders: index === last }),
    );
  }

  #choose(field: FieldSpec): FieldSpec {
    const { varies } = this.#behaviour;
    return {
      ...field,
      ...(varies('no-huffman') ? { huffman: false } : {}),
      ...(varies('no-dynamic-table') && !field.name.startsWith(':') ? { representation: 'without-indexing' } : {}),
    };
  }

  #sizeUpdates(): { readonly sizeUpdates?: readonly number[] } {
    if (!this.#behaviour.varies('table-size-updates')) return {};
    return { sizeUpdates: [0, Math.min(this.#tableSize, initialSettings.HEADER_TABLE_SIZE)] };
  }
}

/** Fragments that start at the cuts, none larger than a frame may be. */
function cut(block: Uint8Array, cuts: readonly number[], most: number): readonly Uint8Array[] {
  const fragments: Uint8Array[] = [];
  let from = 0;
  for (const to of [...cuts, block.length]) {
    let end = Math.min(to, from + most);
    fragments.push(block.subarray(from, end));
    for (from = end; from < to; from = end) {
      end = Math.min(to, from + most);
      fragments.push(block.subarray(from, end));
    }
  }
  return fragments;
}
