import { probeKeyName } from '../grpc/test-service';
import { escapeOctets } from '../wire/escape-octets';
import type { FieldSpec } from '../wire/hpack/encoder';
import type { Note } from './request-features';

const pseudoNames = [':method', ':scheme', ':path', ':authority'];
const timeoutForm = /^\d{1,8}[HMSmun]$/;
const knownEncodings: ReadonlySet<string> = new Set(['gzip', 'deflate', 'identity']);
const connectionFields: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
/** Fields of every gRPC request, in the order in which ours come. */
const ordinaryNames = ['te', 'grpc-timeout', 'content-type', 'grpc-encoding', 'grpc-accept-encoding'];
/** Octets of names and values from which on a field section is large: what small servers and gateways refuse. */
const largeSection = 4096;

/**
 * Notes what is unusual about the fields of a request.
 * @param everywhere what every call of the run carries, as `name: value`
 */
export function noteRequestFields(fields: readonly FieldSpec[], everywhere: ReadonlySet<string>, note: Note): void {
  notePseudoFields(fields, note);
  const valuesOf = (name: string): readonly string[] =>
    fields.filter((field) => field.name === name).map(({ value }) => value);
  noteTe(valuesOf('te'), note);
  noteContentType(valuesOf('content-type'), note);
  for (const timeout of valuesOf('grpc-timeout'))
    note(timeoutForm.test(timeout) ? 'rare' : 'odd', timeoutForm.test(timeout) ? 'grpc-timeout' : 'a bad grpc-timeout');
  for (const encoding of valuesOf('grpc-encoding'))
    note(
      knownEncodings.has(encoding) ? 'rare' : 'odd',
      `grpc-encoding ${knownEncodings.has(encoding) ? encoding : 'nobody knows'}`,
    );
  noteOthers(fields, note);
  noteMetadata(
    fields.filter(({ name, value }) => !everywhere.has(`${name}: ${value}`)),
    note,
  );
  const size = fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  if (size > largeSection) note('rare', 'a large field section');
}

function notePseudoFields(fields: readonly FieldSpec[], note: Note): void {
  const names = fields.map(({ name }) => name);
  for (const name of pseudoNames) {
    const count = names.filter((other) => other === name).length;
    if (count === 0) note('odd', `no ${name}`);
    if (count > 1) note('odd', `several ${name}`);
  }
  if (names.some((name) => name.startsWith(':') && !pseudoNames.includes(name)))
    note('odd', 'an unknown pseudo-header field');
  const firstRegular = names.findIndex((name) => !name.startsWith(':'));
  if (firstRegular >= 0 && names.slice(firstRegular).some((name) => name.startsWith(':')))
    note('odd', 'a pseudo-header field after others');
  const method = fields.find(({ name }) => name === ':method')?.value;
  if (method !== undefined && method !== 'POST') note('odd', 'a method other than POST');
}

function noteTe(values: readonly string[], note: Note): void {
  if (values.length === 0) note('rare', 'no te');
  else if (values.some((value) => value !== 'trailers')) note('odd', 'another te');
}

function noteContentType(values: readonly string[], note: Note): void {
  if (values.length === 0) return note('odd', 'no content-type');
  for (const value of values) {
    if (value === 'application/grpc') continue;
    if (value.startsWith('application/grpc+')) note('rare', 'a content-type with a subtype');
    else if (/^application\/grpc\s*;/.test(value)) note('rare', 'a content-type with parameters');
    else note('odd', 'a content-type that is not gRPC');
  }
}

function noteOthers(fields: readonly FieldSpec[], note: Note): void {
  const regular = fields.map(({ name }) => name).filter((name) => !name.startsWith(':'));
  const ordinary = regular.filter((name) => ordinaryNames.includes(name));
  const others = regular.filter((name) => !ordinaryNames.includes(name));
  if (regular.some((name) => /[A-Z]/.test(name))) note('odd', 'an uppercase name');
  if (others.some((name) => connectionFields.has(name))) note('odd', 'a field of HTTP/1 connections');
  if (others.some((name) => !/^[a-zA-Z0-9_.!#$%&'*+^`|~-]+$/.test(name))) note('odd', 'a name that HTTP forbids');
  // Which order fields come in is free, and few clients put what gRPC needs behind what the application adds.
  if (
    regular.some(
      (name, index) => others.includes(name) && regular.slice(index).some((later) => ordinary.includes(later)),
    )
  )
    note('rare', 'metadata before fields of gRPC');
}

/** How the feature begins that names the signs in metadata: those of ASCII that are neither letters nor digits. */
export const signsOfMetadata = 'metadata with ';

/** Signs that the name of a feature lists; a value with more of them was not made small. */
const mostSigns = 3;

/** What the application adds, apart from what the probe service counts by. */
function noteMetadata(fields: readonly FieldSpec[], note: Note): void {
  const metadata = fields.filter(
    ({ name }) => !name.startsWith(':') && !ordinaryNames.includes(name) && name !== probeKeyName,
  );
  const ascii = metadata.filter(({ name }) => !name.endsWith('-bin'));
  if (ascii.length < metadata.length) note('plain', 'binary metadata');
  if (ascii.length > 0) note('plain', 'metadata');
  if (new Set(metadata.map(({ name }) => name)).size < metadata.length) note('plain', 'repeated metadata');
  const signs = new Set(ascii.flatMap(({ value }) => [...value.replace(/[A-Za-z0-9]/g, '')]));
  if (signs.size > mostSigns) note('plain', `${signsOfMetadata}many signs`);
  else if (signs.size > 0) note('rare', `${signsOfMetadata}${escapeOctets([...signs].sort().join(''))}`);
}
