import { status } from '../../../grpc/status';
import { detailsName, pushbackName } from '../../../grpc/test-service';
import { rstStream } from '../../../wire/builders';
import { errorCodes } from '../../../wire/error-codes';
import type { MakeSeams } from '../seams';
import { anyCall, anyError, atEnd, cutField, errorsBeside, inPlaceOfLong, rarely } from './answer-operators';
import { mutantsOf, type Clause, type Mutant } from './mutant';
import {
  addField,
  afterRefusalOnly,
  besideOnly,
  changeField,
  dropField,
  isError,
  onEnd,
  onTrailers,
  onTrailersOnly,
  statusWhere,
  valueOf,
} from './operators';

const { INTERNAL_ERROR } = errorCodes;

/** Another :status where a call ends with that status and nothing else. */
const mapped = (code: number, httpStatus: string): Pick<Clause, 'outbound'> =>
  onTrailersOnly((fields) =>
    valueOf(fields, 'grpc-status') === String(code) ? changeField(':status', () => httpStatus)(fields, 0) : fields,
  );

/** Another status for paths that nobody serves. */
const ofUnknown =
  (code: string): MakeSeams =>
  () => ({
    ...onTrailersOnly((fields) =>
      valueOf(fields, 'grpc-status') === '12' ? changeField('grpc-status', () => code)(fields, 0) : fields,
    ),
  });

/** The status of a call and its text, on their way from the handler to the client. */
export const statusMutants: readonly Mutant[] = [
  ...mutantsOf('STATUS-01-code-roundtrip', {
    'highest-as-unknown': {
      says: 'DATA_LOSS and UNAUTHENTICATED arrive as UNKNOWN',
      ...onEnd(changeField('grpc-status', (code) => (Number(code) >= status.DATA_LOSS ? '2' : code))),
    },
    'cancelled-as-unknown': {
      says: 'CANCELLED arrives as UNKNOWN',
      ...onEnd(changeField('grpc-status', (code) => (code === '1' ? '2' : code))),
    },
    'last-digit': {
      says: 'A status of two digits loses the last one when it is alone',
      ...onTrailersOnly(changeField('grpc-status', (code) => code.slice(0, 1))),
    },
    'deadline-as-cancelled': {
      says: 'DEADLINE_EXCEEDED arrives as CANCELLED',
      ...onEnd(changeField('grpc-status', (code) => (code === '4' ? '1' : code))),
    },
    'after-refusal': {
      ...afterRefusalOnly({
        says: 'The status of a call arrives as UNKNOWN',
        ...onEnd(changeField('grpc-status', (code) => (code === '0' ? code : '2'))),
      }),
    },
  }),
  ...mutantsOf('STATUS-02-decimal-no-leading-zero', {
    'leading-zero': {
      says: 'grpc-status has two digits always',
      provokedBy: anyError,
      ...onEnd(changeField('grpc-status', (code) => code.padStart(2, '0'))),
    },
    ...rarely(
      'sign',
      {
        says: 'grpc-status of an error has a plus sign',
        provokedBy: anyError,
        ...onEnd(changeField('grpc-status', (code) => (code === '0' ? code : `+${code}`))),
      },
      ['later'],
    ),
    'sign-beside': {
      ...besideOnly({
        says: 'grpc-status of an error has a plus sign',
        ...onEnd(changeField('grpc-status', (code) => (code === '0' ? code : `+${code}`))),
      }),
      provokedBy: errorsBeside,
    },
    name: {
      says: 'grpc-status of OK is a name',
      provokedBy: anyCall,
      ...onEnd(changeField('grpc-status', (code) => (code === '0' ? 'OK' : code))),
    },
  }),
  ...mutantsOf('STATUS-03-message-roundtrip', {
    'percent-before-digits': {
      says: 'A percent sign before two hex digits in a status message is not escaped',
      ...onEnd(changeField('grpc-message', (text) => text.replace(/%25(?=[0-9A-Fa-f]{2})/g, '%'))),
    },
    'escaped-twice': {
      says: 'A percent sign in a status message is escaped twice',
      ...onEnd(changeField('grpc-message', (text) => text.replaceAll('%25', '%2525'))),
    },
    'four-octets-lost': {
      says: 'Characters of four octets of UTF-8 are lost from status messages',
      ...onEnd(changeField('grpc-message', (text) => text.replace(/%F[0-7](?:%[0-9A-F]{2}){3}/g, ''))),
    },
    'control-lost': {
      says: 'Control characters become question marks in status messages',
      ...onEnd(changeField('grpc-message', (text) => text.replace(/%[01][0-9A-F]/g, '?'))),
    },
    'plus-for-blank': {
      says: 'Blanks in status messages are written as plus signs',
      ...onEnd(changeField('grpc-message', (text) => text.replaceAll(' ', '+'))),
    },
    quotes: {
      says: 'Quotation marks are lost from status messages',
      ...onEnd(changeField('grpc-message', (text) => text.replaceAll('"', ''))),
    },
  }),
  ...mutantsOf('STATUS-04-percent-encoding-alphabet', {
    'raw-octets': {
      says: 'grpc-message is not percent-encoded',
      provokedBy: ['STATUS-03'],
      ...onEnd(
        changeField('grpc-message', (text) =>
          text.replace(/(?:%[89A-F][0-9A-F])+/g, (escapes) =>
            Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('latin1'),
          ),
        ),
      ),
    },
    'bare-percent': {
      says: 'A percent sign at the end of grpc-message is not escaped',
      provokedBy: ['STATUS-03'],
      ...onEnd(changeField('grpc-message', (text) => text.replace(/%25$/, '%'))),
    },
    'lower-case': {
      says: 'Escapes in grpc-message are in lower case',
      provokedBy: ['STATUS-03'],
      ...onEnd(changeField('grpc-message', (text) => text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()))),
    },
  }),
  ...mutantsOf('STATUS-05-message-outer-spaces', {
    'both-ends': {
      says: 'Blanks at the ends of a status message are not escaped',
      provokedBy: ['STATUS-03'],
      ...onEnd(
        changeField('grpc-message', (text) =>
          text.replace(/^(?:%20)+|(?:%20)+$/g, (escapes) => escapes.replaceAll('%20', ' ')),
        ),
      ),
    },
    'line-padded': {
      says: 'Status messages end with a blank',
      provokedBy: ['STATUS-03'],
      ...onEnd(changeField('grpc-message', (text) => `${text} `)),
    },
  }),
  ...mutantsOf('STATUS-06-message-optional', {
    empty: {
      says: 'A call that ends with OK and nothing else has an empty grpc-message',
      provokedBy: ['RESP-01', 'TRAIL-06', 'RPC-03'],
      survives: { where: 'always', reason: 'an empty message is a free choice, which is recorded and no finding' },
      ...onTrailersOnly((fields) =>
        valueOf(fields, 'grpc-status') === '0' ? addField('grpc-message', '')(fields, 0) : fields,
      ),
    },
    'empty-in-trailers': {
      says: 'Trailers with OK have an empty grpc-message',
      provokedBy: ['RESP-01', 'RPC-01', 'RPC-03'],
      survives: { where: 'always', reason: 'an empty message is a free choice, which is recorded and no finding' },
      ...onTrailers((fields) =>
        valueOf(fields, 'grpc-status') === '0' ? addField('grpc-message', '')(fields, 0) : fields,
      ),
    },
  }),
  ...mutantsOf('STATUS-07-handler-exception-unknown', {
    reset: {
      says: 'A handler that throws after its first message ends the call with RST_STREAM',
      policy: { answersException: (_, messagesSent) => messagesSent === 0 },
    },
    'reset-at-once': {
      says: 'A handler that throws before its first message ends the call with RST_STREAM',
      policy: { answersException: (_, messagesSent) => messagesSent > 0 },
    },
    ok: {
      says: 'A handler that throws after three messages ends the call with OK',
      seams: atEnd((section, messages) => [
        messages >= 3 && valueOf(section.fields, 'grpc-message') === 'the handler threw an exception'
          ? { ...section, fields: [{ name: 'grpc-status', value: '0' }] }
          : section,
      ]),
    },
    unavailable: {
      says: 'A handler that throws ends the call with UNAVAILABLE',
      ...statusWhere((message) => message === 'the handler threw an exception', status.UNAVAILABLE),
    },
    'connection-too': {
      says: 'A handler that throws ends the connection',
      seams: (wire) => ({
        outbound: {
          section: (section) => {
            if (valueOf(section.fields, 'grpc-message') !== 'the handler threw an exception') return [section];
            wire.fail(errorCodes.INTERNAL_ERROR, 'exception');
            return [];
          },
        },
      }),
    },
  }),
  ...mutantsOf('STATUS-08-error-after-messages', {
    'last-lost': {
      says: 'The last message before an error is lost when there was more than one',
      policy: {
        beforeEnd: ({ error, messagesSent, dropLast }) => {
          if (error !== undefined && messagesSent > 1) dropLast();
        },
      },
    },
    'second-of-two-lost': {
      says: 'The second of two messages before an error is lost when it has to wait',
      policy: {
        beforeEnd: ({ error, messagesSent, dropLast }) => {
          if (error !== undefined && messagesSent === 2) dropLast();
        },
      },
    },
    'all-waiting-lost': {
      says: 'All messages that wait are lost when the call ends with an error',
      policy: {
        beforeEnd: ({ error, messagesSent, dropLast }) => {
          for (let message = 0; error !== undefined && message < messagesSent; message++) dropLast();
        },
      },
    },
    'ok-after-many': {
      says: 'An error after four or more messages arrives as OK',
      seams: atEnd((section, messages) => [
        messages >= 4 && isError(section) ? { ...section, fields: [{ name: 'grpc-status', value: '0' }] } : section,
      ]),
    },
  }),
  ...mutantsOf('STATUS-09-status-details-bin', {
    'other-code': {
      says: 'The details have another code than the call',
      ...onEnd((fields) =>
        valueOf(fields, detailsName) === undefined
          ? fields
          : changeField('grpc-status', (code) => String((Number(code) % 16) + 1))(fields, 0),
      ),
    },
    cut: {
      says: 'Details of more than 200 letters are cut',
      ...onEnd(cutField(detailsName, 200, (value) => value.slice(0, 200))),
    },
    'url-safe': {
      says: 'Details have the alphabet of URLs',
      ...onEnd(changeField(detailsName, (value) => value.replaceAll('+', '-').replaceAll('/', '_'))),
    },
    lost: { says: 'Details are left out', ...onEnd(dropField(detailsName)) },
  }),
  ...mutantsOf('STATUS-10-codes-never-generated', {
    'not-found': {
      says: 'A method that nobody has is NOT_FOUND',
      provokedBy: ['REQ-21', 'EOS-08'],
      seams: ofUnknown('5'),
    },
    'invalid-argument': {
      says: 'A method that nobody has is INVALID_ARGUMENT',
      provokedBy: ['REQ-21', 'EOS-08'],
      seams: ofUnknown('3'),
    },
  }),
  ...mutantsOf('STATUS-11-grpc-errors-keep-http-200', {
    'not-found': { says: 'NOT_FOUND is HTTP 404', ...mapped(status.NOT_FOUND, '404') },
    unavailable: { says: 'UNAVAILABLE is HTTP 503', ...mapped(status.UNAVAILABLE, '503') },
    'permission-denied': { says: 'PERMISSION_DENIED is HTTP 403', ...mapped(status.PERMISSION_DENIED, '403') },
    'data-loss': { says: 'DATA_LOSS is HTTP 500', ...mapped(status.DATA_LOSS, '500') },
  }),
  ...mutantsOf('STATUS-12-long-message', {
    reset: {
      says: 'A call with a text of more than 16,384 octets is reset',
      ...inPlaceOfLong('grpc-message', 16_384, ({ streamId }) => [rstStream(streamId, INTERNAL_ERROR)]),
    },
    'cut-inside': {
      says: 'A text of more than 8,191 octets is cut there, be it inside an escape',
      ...onEnd(cutField('grpc-message', 8191, (value) => value.slice(0, 8191))),
    },
    replaced: {
      says: 'In place of a text of more than 4,096 octets stands another',
      ...onEnd(cutField('grpc-message', 4096, () => 'too long')),
    },
    silent: {
      says: 'A call with a text of more than 32,768 octets never ends',
      ...inPlaceOfLong('grpc-message', 32_768, () => []),
    },
  }),
  ...mutantsOf('STATUS-13-pushback-header', {
    'negative-lost': {
      says: 'A pushback below zero is left out',
      ...onEnd((fields) =>
        valueOf(fields, pushbackName)?.startsWith('-') === true ? dropField(pushbackName)(fields, 0) : fields,
      ),
    },
    unsigned: {
      says: 'A pushback below zero is sent as an unsigned number',
      ...onEnd(changeField(pushbackName, (value) => String(Number(value) >>> 0))),
    },
    'zero-lost': {
      says: 'A pushback of zero is left out',
      ...onEnd((fields) => (valueOf(fields, pushbackName) === '0' ? dropField(pushbackName)(fields, 0) : fields)),
    },
    padded: {
      says: 'A pushback above zero begins with a zero',
      ...onEnd(changeField(pushbackName, (value) => (Number(value) > 0 ? `0${value}` : value))),
    },
    twice: {
      says: 'A pushback is there twice',
      ...onEnd((fields) => {
        const value = valueOf(fields, pushbackName);
        return value === undefined ? fields : addField(pushbackName, value)(fields, 0);
      }),
    },
  }),
];
