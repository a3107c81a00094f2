import type { RunHeader } from '../model';
import { printable } from '../printable';
import { describeDuration, tierNames, transportNames } from '../summary';
import { count, labelled } from './layout';
import type { Palette } from './palette';

/** What is known before anything is sent. */
export function headerLines(header: RunHeader, width: number, colors: Palette): readonly string[] {
  const { target, baseline } = header;
  const row = (label: string, text: string): readonly string[] => labelled(label, printable(text), 12, width);
  const tls = target.tls === undefined ? '' : ` (${target.tls.version}, ALPN ${target.tls.alpn || 'none'})`;
  const trip = `, round trip ${describeDuration(target.roundTripMs)}`;
  return [
    colors.bold(`${header.tool.name} ${header.tool.version}`),
    '',
    ...row('target', target.name),
    ...(target.exec === undefined ? [] : row('started by', target.exec)),
    ...row('transport', `${transportNames[target.transport]}${tls}${trip}`),
    ...(target.identification === '' ? [] : row('server', target.identification)),
    ...row('tier', `${target.tier} (${tierNames[target.tier]})`),
    ...row('offers', target.offers.length === 0 ? 'nothing but HTTP/2' : target.offers.join(', ')),
    ...missingLines(header, width),
    ...row(
      'properties',
      `${count(header.selected.length, 'property', 'properties')} selected, up to ${count(header.runs, 'input')} each`,
    ),
    ...(baseline === undefined
      ? []
      : row('baseline', `${baseline.file}, ${count(baseline.entries, 'entry', 'entries')}`)),
    ...row('seed', String(header.seed)),
    '',
  ];
}

function missingLines({ target }: RunHeader, width: number): readonly string[] {
  return target.missing.flatMap(({ need, unlock, properties }, index) => {
    const waits = `${count(properties, 'property', 'properties')} ${properties === 1 ? 'waits' : 'wait'} for it`;
    return labelled(index === 0 ? 'missing' : '', printable(`${need} (${waits}): ${unlock}`), 12, width);
  });
}
