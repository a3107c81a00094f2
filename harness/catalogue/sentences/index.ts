import { extensions } from './extensions';
import { grpc } from './grpc';
import { hpack } from './hpack';
import { http2 } from './http2';
import { httpSemantics } from './http-semantics';
import { proposals } from './proposals';
import type { Sentence } from './sentence';

export type { Absence, KeyWord, Sentence } from './sentence';

/** Every sentence that binds a server, document by document. */
export const sentences: readonly Sentence[] = [
  ...http2,
  ...httpSemantics,
  ...hpack,
  ...extensions,
  ...grpc,
  ...proposals,
];
