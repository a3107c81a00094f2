import type { RunHeader, TargetRecord } from '../model';
import { describeTargetName } from '../describe-target';
import { describeLimits } from '../describe-limits';
import { describeTrouble, isInTrouble, troublesOf } from '../describe-capabilities';
import { printable } from '../printable';
import { describeDuration, roughDuration, tierNames, transportNames } from '../summary';
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
    ...troubleLines(target, width, colors),
    ...row('offers', target.offers.length === 0 ? 'nothing but HTTP/2' : target.offers.join(', ')),
    ...limitLines(target, width),
    ...(target.schema === undefined ? [] : row('methods', describeMethods(target.schema))),
    ...row(
      'properties',
      `${count(header.selected.length, 'property', 'properties')} selected${testable}, up to ${count(header.runs, 'input')} each`,
    ),
    ...(details || target.locked === undefined ? missingLines(target, width) : lockedLines(target.locked, width)),
    ...(baseline === undefined
      ? []
      : row('baseline', `${baseline.file}, ${count(baseline.entries, 'entry', 'entries')}`)),
    ...(timeBudget(header) === undefined ? [] : row('time', `${timeBudget(header)} at most (--time-budget)`)),
    ...row('seed', String(header.seed)),
    '',
  ];
}

/** What is there and does not work, the worst first; broken capabilities in the colour of a failure. */
export function troubleLines(target: TargetRecord, width: number, colors: Palette): readonly string[] {
  return troublesOf(target).flatMap((trouble) => {
    const lines = labelled(trouble.state, printable(describeTrouble(trouble)), 12, width);
    // Colours are put on after alignment: escape codes have no width.
    return lines.map((line) => colors.verdict(trouble.state === 'unkept' ? 'warn' : 'fail', line));
  });
}

/** What the target lets a client ask of it at most, in one row; nothing when it has shown no limit. */
export function limitLines({ limits = [] }: TargetRecord, width: number): readonly string[] {
  return limits.length === 0 ? [] : labelled('limits', printable(describeLimits(limits)), 12, width);
}

/** How long the run may take; undefined when it may take as long as it likes. */
export function timeBudget({ options }: Pick<RunHeader, 'options'>): string | undefined {
  const budget = options['timeBudgetMs'];
  return typeof budget === 'number' && budget > 0 ? roughDuration(budget) : undefined;
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

function missingLines(target: TargetRecord, width: number): readonly string[] {
  const missing = target.missing.filter(({ need }) => !isInTrouble(target, need));
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
