import type { DecodedField, Field } from '../../../wire/hpack/decoder';
import { echoInitialName } from '../../../grpc/test-service';
import type { Seams } from '../seams';
import { mutantsOf, type Mutant } from './mutant';
import { changeField, dropField, onRequests, unanswered, valueOf } from './operators';

/** Servers that take a request for well-formed though a field is not. */

/** Of fields of one name that begin with a colon, those that stay. */
const collapsed = (keep: (all: readonly Field[], same: readonly number[], index: number) => boolean): Seams =>
  onRequests((fields) =>
    fields.filter(({ name }, index) => {
      const same = fields.flatMap((other, at) => (other.name === name ? [at] : []));
      return !name.startsWith(':') || same.length < 2 || keep(fields, same, index);
    }),
  );

/** Regular fields whose name is otherwise. */
const renamed = (change: (name: string) => string): Seams =>
  onRequests((fields) =>
    fields.map((field) => (field.name.startsWith(':') ? field : { ...field, name: change(field.name) })),
  );

/** Regular fields with such a name are passed over. */
const passedOver = (isSo: (name: string) => boolean): Seams =>
  onRequests((fields) => fields.filter(({ name }) => name.startsWith(':') || !isSo(name)));

const isForbiddenName = (name: string): boolean => /^$|[\0-\x20\x7f-\xff]|.:/.test(name);

/** Values of such fields, otherwise. */
const revalued = (change: (value: string) => string, applies: (name: string) => boolean = () => true): Seams =>
  onRequests((fields) =>
    fields.map((field) => (applies(field.name) ? { ...field, value: change(field.value) } : field)),
  );

const isOneOf =
  (...names: readonly string[]) =>
  (name: string): boolean =>
    names.includes(name);

/** A field that comes from a table is taken for one that was looked at. @param mend as it would have to be to pass */
const unseenWhenIndexed = (isFaulty: (field: Field) => boolean, mend: (field: Field) => Field): Seams => ({
  policy: {
    readField: (field: DecodedField) => {
      const { name, value } = field;
      return field.representation === 'indexed' && isFaulty(field) ? mend({ name, value }) : field;
    },
  },
});

const withoutConnectionFields = (...names: readonly string[]): Seams => passedOver(isOneOf(...names));

export const malformedRequestMutants: readonly Mutant[] = [
  ...mutantsOf('REQ-05-pseudo-duplicated', {
    'last-wins': {
      says: 'Of several pseudo-header fields of one name the last counts',
      ...collapsed((_, same, index) => index === same.at(-1)),
    },
    'first-wins': {
      says: 'Of several pseudo-header fields of one name the first counts',
      ...collapsed((_, same, index) => index === same[0]),
    },
    'equal-ones': {
      says: 'A pseudo-header field that comes again with the same value is passed over',
      ...collapsed(
        (fields, same, index) => index === same[0] || same.some((at) => fields[at]?.value !== fields[index]?.value),
      ),
    },
    authority: {
      says: 'A second :authority is passed over',
      ...collapsed((fields, same, index) => fields[index]?.name !== ':authority' || index === same[0]),
    },
    path: {
      says: 'Of several :path fields the last counts',
      ...collapsed((fields, same, index) => fields[index]?.name !== ':path' || index === same.at(-1)),
    },
    apart: {
      says: 'A pseudo-header field that comes again is only noticed right behind the first one',
      ...collapsed((_, same, index) => index === same[0] || same.includes(index - 1)),
    },
  }),
  ...mutantsOf('REQ-08-forbidden-name-octets', {
    dropped: { says: 'Fields with forbidden names are passed over', ...passedOver(isForbiddenName) },
    controls: {
      says: 'Fields with control octets in their names are passed over',
      ...passedOver((name) => [...name].some((octet) => octet < ' ') && !/[\x20:\x7f-\xff]/.test(name)),
    },
    high: {
      says: 'Fields with octets from 0x80 on in their names are passed over',
      ...passedOver((name) => /[\x80-\xff]/.test(name)),
    },
    delete: { says: 'A field with 0x7f in its name is passed over', ...passedOver((name) => name.includes('\x7f')) },
    colon: {
      says: 'A field with a colon inside its name is passed over',
      ...passedOver((name) => name.indexOf(':') > 0),
    },
    empty: { says: 'A field without a name is passed over', ...passedOver((name) => name === '') },
    'first-octet': {
      says: 'Only the first octet of a field name is looked at',
      ...passedOver((name) => isForbiddenName(name) && !isForbiddenName(name.slice(0, 1))),
    },
    'first-not-seen': {
      says: 'The first octet of a field name is not looked at',
      ...passedOver((name) => name !== '' && isForbiddenName(name) && !isForbiddenName(`a${name.slice(1)}`)),
    },
    'cut-at-nul': {
      says: 'A field name ends at NUL, and what is before it reaches the handler',
      ...renamed((name) => name.split('\0', 1)[0] ?? ''),
    },
    trimmed: {
      says: 'Blanks around a field name are stripped, and what is between them reaches the handler',
      ...renamed((name) => (name.trim() === echoInitialName ? echoInitialName : name)),
    },
    squeezed: {
      says: 'Forbidden octets of a field name are lost, and the others reach the handler',
      ...renamed((name) => name.replace(/[\0-\x20:\x7f-\xff]/g, '') || name),
    },
    indexed: {
      says: 'A field that is an index to the dynamic table is not looked at',
      ...unseenWhenIndexed(
        ({ name }) => isForbiddenName(name),
        (field) => ({ ...field, name: 'x-unseen' }),
      ),
    },
  }),
  ...mutantsOf('REQ-09-forbidden-value-octets', {
    dropped: {
      says: 'Metadata with forbidden octets is passed over',
      ...onRequests((fields) =>
        fields.filter(({ name, value }) => name !== echoInitialName || !/[\0\r\n]/.test(value)),
      ),
    },
    'cut-at-nul': { says: 'A field value ends at NUL', ...revalued((value) => value.split('\0', 1)[0] ?? '') },
    'nul-lost': { says: 'NUL is lost from field values', ...revalued((value) => value.replaceAll('\0', '')) },
    'cr-lost': { says: 'CR is lost from field values', ...revalued((value) => value.replaceAll('\r', '')) },
    'lf-lost': { says: 'LF is lost from field values', ...revalued((value) => value.replaceAll('\n', '')) },
    'line-ending-stripped': {
      says: 'A line ending at the end of a field value is stripped',
      ...revalued((value) => value.replace(/[\r\n]+$/, '')),
    },
    blank: {
      says: 'Forbidden octets of metadata values are taken for a blank',
      ...revalued((value) => value.replace(/(?<=.)[\0\r\n](?=.)/g, ' '), isOneOf(echoInitialName)),
    },
    path: {
      says: 'The octets of :path are not looked at, and those that are forbidden are lost',
      ...revalued((value) => value.replace(/[\0\r\n]/g, ''), isOneOf(':path')),
    },
    authority: {
      says: 'The octets of :authority are not looked at',
      ...revalued((value) => value.replace(/[\0\r\n]/g, ''), isOneOf(':authority')),
    },
    'metadata-alone': {
      says: 'The octets of te and content-type are not looked at',
      ...revalued((value) => value.replace(/[\0\r\n]/g, ''), isOneOf('te', 'content-type')),
    },
    indexed: {
      says: 'A field that is an index to the dynamic table is not looked at',
      ...unseenWhenIndexed(
        ({ name, value }) => name === echoInitialName && /[\0\r\n]/.test(value),
        ({ name }) => ({ name, value: 'unseen' }),
      ),
    },
  }),
  ...mutantsOf('REQ-12-connection-specific-fields', {
    'connection-alone': {
      says: 'Of the fields of HTTP/1 connections only Connection is looked at',
      ...withoutConnectionFields('proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade'),
    },
    connection: { says: 'Connection is passed over', ...withoutConnectionFields('connection') },
    'transfer-encoding': { says: 'Transfer-Encoding is passed over', ...withoutConnectionFields('transfer-encoding') },
    upgrade: { says: 'Upgrade is passed over', ...withoutConnectionFields('upgrade') },
    proxied: {
      says: 'Proxy-Connection and Keep-Alive are passed over',
      ...withoutConnectionFields('proxy-connection', 'keep-alive'),
    },
    'known-values': {
      says: 'Fields of HTTP/1 connections are passed over when their value is none that HTTP/1 has',
      ...onRequests((fields) =>
        fields.filter(
          ({ name, value }) =>
            !isOneOf('connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade')(name) ||
            isOneOf('close', 'keep-alive', 'upgrade', 'chunked', 'h2c')(value),
        ),
      ),
    },
    'last-alone': {
      says: 'A field of HTTP/1 connections is passed over when other fields follow it',
      ...onRequests((fields) =>
        fields.filter(({ name }, index) => index === fields.length - 1 || name !== 'connection'),
      ),
    },
  }),
  ...mutantsOf('REQ-13-te', {
    ignored: { says: 'te is not looked at', ...onRequests(dropField('te')) },
    contains: {
      says: 'A te with trailers anywhere in it is taken',
      ...onRequests(changeField('te', (te) => (te.includes('trailers') ? 'trailers' : te))),
    },
    'first-alone': {
      says: 'Only the first member of te is looked at',
      ...onRequests(changeField('te', (te) => te.split(',', 1)[0]?.trim() ?? '')),
    },
    gzip: {
      says: 'te may name a coding that the server knows',
      ...onRequests(changeField('te', (te) => (isOneOf('gzip', 'chunked')(te) ? 'trailers' : te))),
    },
    unanswered: {
      says: 'A request without te is never answered',
      ...unanswered((fields) => valueOf(fields, 'te') === undefined),
    },
  }),
];
