import type { RunHeader, TargetRecord } from '../model';
import { describeTargetName } from '../describe-target';
import { printable } from '../printable';
import { describeDuration, tierNames, transportNames } from '../summary';
import { count, labelled } from './layout';
import type { Palette } from './palette';

/** What is known before anything is sent; `details` lists each thing that is missing, else they are grouped by what to do about them. */
export function headerLines(header: RunHeader, width: number, colors: Palette, details = false): readonly string[] {
  const { target, baseline } = header;
  const row = (label: string, text: string): readonly string[] => labelled(label, printable(text), 12, width);
  const tls = target.tls === undefined ? '' : ` (${target.tls.version}, ALPN ${target.tls.alpn || 'none'})`;
  const trip = `, round trip ${describeDuration(target.roundTripMs)}`;
  const testable = target.testable === undefined ? '' : `, ${target.testable} can be tested here`;
  return [
    colors.bold(`${header.tool.name} ${header.tool.version}`),
    '',
    ...row('target', describeTargetName(target)),
    ...(target.exec === undefined ? [] : row('started by', target.exec)),
    ...row('transport', `${transportNames[target.transport]}${tls}${trip}`),
    ...(target.identification === '' ? [] : row('server', target.identification)),
    ...row('tier', `${target.tier} (${tierNames[target.tier]})`),
    ...row('offers', target.offers.length === 0 ? 'nothing but HTTP/2' : target.offers.join(', ')),
    ...(target.schema === undefined ? [] : row('methods', describeMethods(target.schema))),
    ...row(
      'properties',
      `${count(header.selected.length, 'property', 'properties')} selected${testable}, up to ${count(header.runs, 'input')} each`,
    ),
    ...(details || target.locked === undefined ? missingLines(target, width) : lockedLines(target.locked, width)),
    ...(baseline === undefined
      ? []
      : row('baseline', `${baseline.file}, ${count(baseline.entries, 'entry', 'entries')}`)),
    ...row('seed', String(header.seed)),
    '',
  ];
}

/** Names of methods that fit a header. */
const mostNames = 4;

/** `2 of 5 may be called (server reflection v1): a.B/C, a.B/D`. */
export function describeMethods({ from, services }: NonNullable<TargetRecord['schema']>): string {
  const methods = services.flatMap((service) =>
    service.methods.map(({ name, allowed }) => ({ name: `${service.name}/${name}`, allowed })),
  );
  const allowed = methods.filter((method) => method.allowed).map(({ name }) => name);
  if (methods.length === 0) return `none of your own (${from})`;
  if (allowed.length === 0) return `${methods.length} (${from}); none is called without --method`;
  const more = allowed.length - mostNames;
  const names = `${allowed.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return `${allowed.length} of ${methods.length} may be called (${from}): ${names}`;
}

function missingLines({ missing }: TargetRecord, width: number): readonly string[] {
  return missing.flatMap(({ need, unlock, properties }, index) => {
    const waits = `${count(properties, 'property', 'properties')} ${properties === 1 ? 'waits' : 'wait'} for it`;
    return labelled(index === 0 ? 'missing' : '', printable(`${need} (${waits}): ${unlock}`), 12, width);
  });
}

function lockedLines(locked: NonNullable<TargetRecord['locked']>, width: number): readonly string[] {
  return locked.flatMap(({ unlock, properties }, index) =>
    labelled(index === 0 ? 'to unlock' : '', printable(`${count(properties, 'more', 'more')}: ${unlock}`), 12, width),
  );
}
