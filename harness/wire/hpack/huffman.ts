import type { HpackFault } from './fault';
import { latin1, octetAt } from './latin1';

/**
 * Code lengths in bits of the octets 0 to 255 and of EOS, eight a group (RFC 7541 Appendix B).
 *
 * The lengths are the whole table: the code is canonical, so among codes of one length the numbers ascend with the symbols, and each length goes on
 * where the shorter one stopped.
 */
const codeLengths: readonly number[] = [
  '13 23 28 28 28 28 28 28  28 24 30 28 28 30 28 28  28 28 28 28 28 28 30 28  28 28 28 28 28 28 28 28',
  ' 6 10 10 12 13  6  8 11  10 10  8 11  8  6  6  6   5  5  5  6  6  6  6  6   6  6  7  8 15  6 12 10',
  '13  6  7  7  7  7  7  7   7  7  7  7  7  7  7  7   7  7  7  7  7  7  7  7   8  7  8 13 19 13 14  6',
  '15  5  6  5  6  5  6  6   6  5  7  7  6  6  6  5   6  7  6  5  5  6  7  7   7  7  7 15 11 14 13 28',
  '20 22 20 20 22 22 22 23  22 23 23 23 23 23 24 23  24 24 22 23 24 23 23 23  23 21 22 23 22 23 23 24',
  '22 21 20 22 22 23 23 21  23 22 22 24 21 22 23 23  21 21 22 21 23 22 23 23  20 22 22 22 23 22 22 23',
  '26 26 20 19 22 23 22 25  26 26 26 27 27 26 24 25  19 21 26 27 27 26 27 24  21 21 26 26 28 27 27 27',
  '20 24 20 21 22 21 21 23  22 22 25 25 24 24 26 23  26 27 26 26 27 27 27 27  27 28 27 27 27 27 27 26',
  '30',
].flatMap((row) => row.trim().split(/ +/).map(Number));

const eos = 256;
const longestCode = 30;

interface Codes {
  /** Right-aligned code of each symbol. */
  readonly bits: Uint32Array;
  /**
   * One entry for each inner node of the code tree and each four bits that may follow: the next node, the symbol that was completed on the way if
   * any, and whether EOS was. The shortest code has five bits, so four bits complete one symbol at most.
   */
  readonly transitions: Int32Array;
  /** For each inner node the number of one-bits that lead to it from the root, or -1 when a zero is among them. */
  readonly onesTo: Int8Array;
}

const nodeMask = 0xff;
const symbolShift = 8;
const emits = 0x1_0000;
const meetsEos = 0x2_0000;

let built: Codes | undefined;

/** Built at first use, not at load: commands that open no connection should not pay for it. */
function codes(): Codes {
  built ??= buildCodes();
  return built;
}

function buildCodes(): Codes {
  const bits = new Uint32Array(eos + 1);
  let next = 0;
  for (let length = 1; length <= longestCode; length++) {
    next *= 2;
    for (let symbol = 0; symbol <= eos; symbol++) {
      if (codeLengths[symbol] === length) bits[symbol] = next++;
    }
  }

  // Children of each inner node, two a node; a leaf is the complement of its symbol. 257 leaves need 256 inner nodes.
  const children = new Int16Array(2 * eos);
  const onesTo = new Int8Array(eos).fill(-1);
  onesTo[0] = 0;
  let nodes = 1;
  for (let symbol = 0; symbol <= eos; symbol++) {
    let node = 0;
    for (let shift = codeLengths[symbol]! - 1; shift >= 0; shift--) {
      const bit = (bits[symbol]! >>> shift) & 1;
      const edge = 2 * node + bit;
      if (shift === 0) {
        children[edge] = ~symbol;
      } else {
        if (children[edge] === 0) {
          if (bit === 1 && onesTo[node]! >= 0) onesTo[nodes] = onesTo[node]! + 1;
          children[edge] = nodes++;
        }
        node = children[edge]!;
      }
    }
  }

  const transitions = new Int32Array(eos * 16);
  for (let start = 0; start < eos; start++) {
    for (let nibble = 0; nibble < 16; nibble++) {
      transitions[start * 16 + nibble] = follow(children, start, nibble);
    }
  }
  return { bits, transitions, onesTo };
}

function follow(children: Int16Array, start: number, nibble: number): number {
  let node = start;
  let found = 0;
  for (let shift = 3; shift >= 0; shift--) {
    const child = children[2 * node + ((nibble >>> shift) & 1)]!;
    if (child >= 0) {
      node = child;
    } else if (~child === eos) {
      return meetsEos;
    } else {
      found = emits | (~child << symbolShift);
      node = 0;
    }
  }
  return found | node;
}

/**
 * Decodes a Huffman string that fills `octets` from `start` to `end`, or says what is wrong with it (RFC 7541 §5.2).
 *
 * Strict: EOS, padding of eight bits or more and padding with a zero in it are faults. The offset of a fault is that of an octet in `octets`.
 */
export function decodeHuffman(octets: Uint8Array, start = 0, end = octets.length): string | HpackFault {
  const { text, fault } = readHuffman(octets, start, end);
  return fault ?? text;
}

/** What can be read of a Huffman string up to its end or its first fault: of one that is cut short, its beginning. */
export function decodeHuffmanStart(octets: Uint8Array): string {
  return readHuffman(octets, 0, octets.length).text;
}

function readHuffman(
  octets: Uint8Array,
  start: number,
  end: number,
): { readonly text: string; readonly fault?: HpackFault } {
  const { transitions, onesTo } = codes();
  // No code is shorter than five bits.
  const decoded = new Uint8Array(Math.floor(((end - start) * 8) / 5));
  let length = 0;
  let node = 0;
  const read = (fault?: HpackFault): { readonly text: string; readonly fault?: HpackFault } => ({
    text: latin1(decoded.subarray(0, length)),
    ...(fault === undefined ? {} : { fault }),
  });
  for (let at = start; at < end; at++) {
    const octet = octets[at]!;
    const high = transitions[node * 16 + (octet >>> 4)]!;
    if ((high & emits) !== 0) decoded[length++] = high >>> symbolShift;
    const low = transitions[(high & nodeMask) * 16 + (octet & 0xf)]!;
    if ((low & emits) !== 0) decoded[length++] = low >>> symbolShift;
    if (((high | low) & meetsEos) !== 0)
      return read({ rule: 'huffman-eos', reason: 'a Huffman string contains the EOS symbol', offset: at });
    node = low & nodeMask;
  }
  const ones = onesTo[node]!;
  if (ones >= 0 && ones < 8) return read();
  const reason =
    ones < 0
      ? 'the bits after the last symbol of a Huffman string are not all ones'
      : `a Huffman string ends with ${ones} bits of padding; the most is 7`;
  return read({ rule: 'huffman-padding', reason, offset: Math.max(start, end - 1) });
}

/** How many octets a string takes in Huffman code, legal padding included. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits += codeLengths[octetAt(text, at)]!;
  return Math.ceil(bits / 8);
}

/**
 * What follows the last symbol: `legal`, up to seven ones; or a fault that every strict decoder refuses: `zeros`, at least one zero bit that completes no
 * symbol; `overlong`, eight ones or more; `eos`, the EOS symbol.
 */
export type HuffmanPadding = 'legal' | 'zeros' | 'overlong' | 'eos';

/**
 * Encodes a string with one character per octet (RFC 7541 §5.2, Appendix B).
 * @param options `afterEos`: symbols behind EOS, where `padding` asks for one
 */
export function encodeHuffman(
  text: string,
  options: { readonly padding?: HuffmanPadding; readonly afterEos?: string } = {},
): Uint8Array {
  const { bits } = codes();
  const padding = options.padding ?? 'legal';
  const afterEos = padding === 'eos' ? (options.afterEos ?? '') : '';
  // At most: the strings, EOS (four octets), one octet of damage.
  const octets = new Uint8Array(huffmanLength(text) + huffmanLength(afterEos) + 5);
  let used = 0;
  const append = (code: number, length: number): void => {
    let left = length;
    while (left > 0) {
      const free = 8 - (used & 7);
      const taken = Math.min(free, left);
      const piece = (code >>> (left - taken)) & ((1 << taken) - 1);
      octets[used >>> 3] = octets[used >>> 3]! | (piece << (free - taken));
      used += taken;
      left -= taken;
    }
  };
  const appendText = (symbols: string): void => {
    for (let at = 0; at < symbols.length; at++) {
      const symbol = octetAt(symbols, at);
      append(bits[symbol]!, codeLengths[symbol]!);
    }
  };
  appendText(text);
  if (padding === 'eos') append(bits[eos]!, codeLengths[eos]!);
  appendText(afterEos);
  const free = (8 - (used & 7)) & 7;
  if (padding === 'zeros') {
    // Five zeros are the code of "0", so with five free bits, or none, one octet more is needed to leave zeros over.
    used += free === 0 || free === 5 ? free + 8 : free;
  } else {
    append(0x7f, free);
    if (padding === 'overlong') append(0xff, 8);
  }
  return octets.slice(0, used >>> 3);
}
