/** The wire layer: octets to frames and fields, and back; no sockets, no clock, no Node modules. */
export * from './builders';
export * from './decode-frames';
export * from './describe-frame';
export * from './encode-frame';
export * from './error-codes';
export * from './escape-octets';
export * from './frame';
export * from './join-octets';
export * from './preface';
export * from './setting-value';
export * from './settings';
export * from './hpack/decoder';
export * from './hpack/dynamic-table';
export * from './hpack/encoder';
export { decodeHuffman, huffmanLength, type HuffmanPadding } from './hpack/huffman';
export { decodeInteger } from './hpack/integer';
export { fromLatin1, latin1 } from './hpack/latin1';
export { staticTable } from './hpack/static-table';
