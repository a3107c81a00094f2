import { alive } from './alive';
import { cancellation } from './cancellation';
import { compression } from './compression';
import { connection } from './connection';
import { deadlines } from './deadlines';
import { endOfStream } from './end-of-stream';
import { flowControl } from './flow-control';
import { frames } from './frames';
import { hpack } from './hpack';
import { keepalive } from './keepalive';
import { messages } from './messages';
import { methods } from './methods';
import { multiplexing } from './multiplexing';
import { shortId } from './parts-of-id';
import { requests } from './requests';
import { responseHeaders } from './response-headers';
import { robustnessRows } from './robustness';
import type { Requirement } from './requirement';
import type { RowDefinition } from './row';
import { rpcKinds } from './rpc-kinds';
import { services } from './services';
import { status } from './status';
import { streams } from './streams';
import { tls } from './tls';
import { trailers } from './trailers';

export { areaOf, shortId } from './parts-of-id';

/** Every row, in the order of the catalogue. */
const table = {
  ...connection,
  ...frames,
  ...hpack,
  ...streams,
  ...requests,
  ...messages,
  ...endOfStream,
  ...responseHeaders,
  ...trailers,
  ...status,
  ...compression,
  ...deadlines,
  ...cancellation,
  ...rpcKinds,
  ...flowControl,
  ...multiplexing,
  ...keepalive,
  ...tls,
  ...services,
  ...robustnessRows,
  ...methods,
  ...alive,
};

/** The permanent id of a row: `MSG-02-any-data-split`. */
export type RowId = keyof typeof table;

/** An id without the words that people read it by: `MSG-02`. */
export type RowNumber<Id = RowId> = Id extends `${infer Area}-${infer Number}-${string}` ? `${Area}-${Number}` : never;

/** True when these numbers name the row of that id. */
export const isAmong = (id: string, numbers: readonly RowNumber[]): boolean =>
  (numbers as readonly string[]).includes(shortId(id));

/** A row of the rule catalogue. */
export interface Row extends RowDefinition {
  readonly id: RowId;
}

/** Every row of the rule catalogue, in its order. */
export const allRows: readonly Row[] = (Object.keys(table) as RowId[]).map((id) => ({ id, ...table[id] }));

/** What the row with that id demands. */
export function requirementOf(id: RowId): Requirement {
  const { level, sources, rule } = table[id];
  return { level, sources, rule };
}

/** True for the id of a row. */
export const isRowId = (id: string): id is RowId => Object.hasOwn(table, id);

/** Areas in the order of the catalogue, with their names for people. */
export const areas: Readonly<Record<string, string>> = {
  CONN: 'Connection and preface',
  FRAME: 'Frames and SETTINGS',
  HPACK: 'HPACK',
  STREAM: 'Stream states and request flow control',
  REQ: 'Request headers',
  MSG: 'Messages',
  EOS: 'End of stream',
  RESP: 'Response headers',
  TRAIL: 'Trailers and Trailers-Only',
  STATUS: 'Status',
  COMP: 'Compression',
  DL: 'Deadlines',
  CANC: 'Cancellation',
  RPC: 'RPC kinds and cardinality',
  FLOW: 'Response flow control',
  MUX: 'Multiplexing',
  KA: 'Keepalive and shutdown',
  TLS: 'TLS and ALPN',
  SVC: 'Health and reflection',
  DOS: 'Robustness',
  METHOD: 'Your own methods',
  ALIVE: 'Staying up',
  OWN: 'Your own rules',
};
