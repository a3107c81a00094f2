import { notObservable, sentencesOf } from './sentence';

/** What binds a server in HPACK. */
export const hpack = [
  ...sentencesOf('RFC 7541', [
    [
      '§2.1',
      'must',
      'encoder does not reorder fields',
      notObservable('the original order is unknown; order of values is REQ-25/RESP-05'),
    ],
    ['§2.1', 'must', 'decoder does not reorder fields', ['REQ-25']],
    ['§2.3.2', 'must not', 'the same entry twice in the table is legal', ['HPACK-02']],
    ['§2.3.3', 'must', 'an index beyond both tables is a decoding error', ['HPACK-09']],
    ['§3.2', 'must', 'decoding rules of each representation', ['HPACK-01', 'HPACK-02']],
    ['§4.2', 'must', "the encoder's table size stays at or below the limit", ['HPACK-13']],
    [
      '§4.2',
      'must',
      'a size update comes at the start of the first block after the change (binds the encoder)',
      ['HPACK-13'],
    ],
    ['§4.2', 'must', 'several changes: the smallest is signalled too', ['HPACK-16']],
    ['§4.4', 'must*', 'too large an entry empties the table and is legal', ['HPACK-03']],
    ['§5.1', 'must', 'integers beyond implementation limits are decoding errors', ['HPACK-11']],
    ['§5.2', 'must', '8 or more bits of Huffman padding: decoding error', ['HPACK-10']],
    ['§5.2', 'must', 'padding that is not the EOS prefix is a decoding error', ['HPACK-10']],
    ['§5.2', 'must', 'an encoded EOS is a decoding error', ['HPACK-10']],
    ['§6.1', 'must', 'index 0 is a decoding error', ['HPACK-09']],
    ['§6.3', 'must', 'own size update at or below the limit', ['HPACK-13']],
    ['§6.3', 'must', 'a larger size update is a decoding error', ['HPACK-06']],
  ]),
];
