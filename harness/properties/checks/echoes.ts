import type { Call } from '../../grpc/call';
import { binaryFieldValues, hasField, splitFieldValues, splitValue } from '../../grpc/metadata';
import { echoInitialName, echoTrailingName } from '../../grpc/test-service';
import { listBriefly } from '../../list-briefly';
import { hexOf } from '../../wire/escape-octets';
import type { Breach } from '../../rules/violation';
import { callBreach, isEqual } from './expectations';
import { quoted } from '../../rules/quoted';
import { isUnreadable } from '../../rules/reaction';

/**
 * Handlers of grpc.testing.TestService copy two fields of a request to the answer (interop-test-descriptions.md, Echo Metadata): one to Response-Headers, one
 * to the trailers. UnaryCall and FullDuplexCall do so; of the other methods the tests say nothing. A call without the block in question proves nothing, nor does one whose
 * fields cannot be read.
 *
 * Several handlers copy the first value alone: that is no loss on the way, so it is recorded as info. An empty value is outside the grammar of
 * Custom-Metadata, so its loss is only warned about.
 */

/** Response-Headers carry these values, in this order. Values of one name and one value joined by commas are the same, so parts are compared. */
export function echoesInitial(call: Call, values: readonly string[]): readonly Breach[] {
  if (call.headers === undefined || isUnreadable(call)) return [];
  const parts = (value: string): readonly string[] => splitValue(value).filter((part) => part !== '');
  const [first = ''] = values;
  const got = splitFieldValues(call.headers, echoInitialName).filter((part) => part !== '');
  const moved = call.trailers !== undefined && hasField(call.trailers, echoInitialName);
  return judgeEcho(call, {
    differsAt: firstDifference(values.flatMap(parts), got),
    where: 'Response-Headers',
    name: echoInitialName,
    isWhole: isSameList(got, values.flatMap(parts)) && (got.length > 0 || hasField(call.headers, echoInitialName)),
    isFirstAlone: values.length > 1 && isSameList(got, parts(first)) && hasField(call.headers, echoInitialName),
    isEmptyLost: values.every((value) => value === '') && !hasField(call.headers, echoInitialName),
    elsewhere: moved ? 'the trailers' : undefined,
    got: describeValues(got.map((value) => quoted(value))),
    wanted: describeValues(values.map((value) => quoted(value))),
  });
}

/** The trailers carry the octets of these values, in this order. */
export function echoesTrailing(call: Call, values: readonly Uint8Array[]): readonly Breach[] {
  if (call.trailers === undefined || isUnreadable(call)) return [];
  const got = binaryFieldValues(call.trailers, echoTrailingName);
  const moved = call.headers !== undefined && hasField(call.headers, echoTrailingName);
  const [first] = values;
  return judgeEcho(call, {
    where: 'the trailers',
    name: echoTrailingName,
    isWhole: got.length === values.length && values.every((value, index) => isEqual(value, got[index])),
    isFirstAlone: values.length > 1 && got.length === 1 && first !== undefined && isEqual(first, got[0]),
    isEmptyLost: values.every((value) => value.length === 0) && got.length === 0,
    elsewhere: moved ? 'Response-Headers' : undefined,
    got: describeValues(
      got.map((value) => (value === undefined ? 'a value that is no base64' : describeOctets(value))),
    ),
    wanted: describeValues(values.map(describeOctets)),
  });
}

/** The field that a handler copies to Response-Headers, if it does, is not in the trailers of an answer that has both. */
export function echoesInPlace(call: Call): readonly Breach[] {
  const { headers, trailers = [] } = call;
  if (headers === undefined || !hasField(trailers, echoInitialName)) return [];
  const breach = callBreach(call, 'initial metadata in Response-Headers', `${echoInitialName} is in the trailers`);
  return [{ ...breach, reaction: 'metadata in the wrong block' }];
}

/** Neither block of the answer has one of the two fields. */
export function echoesNothing(call: Call): readonly Breach[] {
  const copied = [...(call.headers ?? []), ...(call.trailers ?? [])].filter(({ name }) => echoNames.includes(name));
  const [first] = copied;
  if (first === undefined) return [];
  const observed = `the answer has ${first.name}: ${quoted(first.value)}`;
  return [{ ...callBreach(call, 'no metadata of the request in the answer', observed), reaction: 'metadata copied' }];
}

const echoNames: readonly string[] = [echoInitialName, echoTrailingName];

interface Echo {
  readonly where: string;
  readonly name: string;
  readonly isWhole: boolean;
  readonly isFirstAlone: boolean;
  readonly isEmptyLost: boolean;
  /** The sign of what was sent that is the first to be another one. */
  readonly differsAt?: string | undefined;
  /** Where the field was found although it does not belong there. */
  readonly elsewhere: string | undefined;
  /** The values that came, and those that were sent, as people read them. */
  readonly got: string;
  readonly wanted: string;
}

function judgeEcho(call: Call, echo: Echo): readonly Breach[] {
  const { where, name, elsewhere, got, wanted, differsAt } = echo;
  const expected = `${name} in ${where} as in the request: ${wanted}`;
  const breach = (observed: string, reaction: string): Breach => ({
    ...callBreach(call, expected, observed),
    reaction,
  });
  if (elsewhere !== undefined) return [breach(`${name} is in ${elsewhere}`, 'metadata in the wrong block')];
  if (echo.isWhole) return [];
  if (echo.isEmptyLost)
    return [{ ...breach(`the empty value of ${name} is missing`, 'empty metadata lost'), severity: 'warn' }];
  if (echo.isFirstAlone) {
    return [
      { ...breach(`the handler copies the first value of ${name} alone`, 'first value alone'), severity: 'info' },
    ];
  }
  const wrong = breach(`${name} in ${where} is not what was sent: ${got}`, 'wrong metadata');
  if (differsAt === undefined) return [wrong];
  return [{ ...wrong, observed: `${wrong.observed}; it differs from the ${quoted(differsAt)} on`, differsAt }];
}

/** The sign that is the first to be missing or another one; undefined where that is a letter or a digit, which says nothing, or where a whole value is missing. */
function firstDifference(sent: readonly string[], got: readonly string[]): string | undefined {
  const broken = sent.findIndex((value, index) => value !== got[index]);
  const [want = '', have] = [sent[broken], got[broken]];
  if (have === undefined) return undefined;
  const at = [...want].findIndex((character, index) => character !== have[index]);
  // Another text altogether was not broken by its first sign.
  const sign = at > 0 ? want[at] : undefined;
  return sign === undefined || /[0-9a-z]/i.test(sign) ? undefined : sign;
}

const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);

/** Values that are shown, at most: more belong into the packet list. */
const mostValues = 5;

const describeValues = (values: readonly string[]): string =>
  values.length === 0 ? 'no value' : listBriefly(values, mostValues);

/** Octets of a binary value in hexadecimal, in quotes, so that an empty one is seen. */
const describeOctets = (octets: Uint8Array): string => `"${hexOf(octets)}"`;
