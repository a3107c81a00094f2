import { useState } from 'preact/hooks';

interface Props {
  readonly octets: Uint8Array;
  /** The octets to mark, from the first up to but not including the last. */
  readonly marked?: { readonly from: number; readonly to: number } | undefined;
}

// 32 lines of 16.
const shownOctets = 512;

/** Octets as hexadecimal and as characters, 16 a line. */
export function HexPane({ octets, marked }: Props) {
  const [all, setAll] = useState(false);
  const end = all ? octets.length : Math.min(octets.length, shownOctets);
  const rows = Array.from({ length: Math.ceil(end / 16) }, (_, row) => row * 16);
  return (
    <div class="hex">
      <pre tabIndex={0} aria-label="Octets in hexadecimal">
        {rows.map((start) => (
          <Line key={start} octets={octets.subarray(start, Math.min(start + 16, end))} start={start} marked={marked} />
        ))}
      </pre>
      {end < octets.length ? (
        <button type="button" class="plain" onClick={() => setAll(true)}>
          Show all {octets.length.toLocaleString('en-US')} octets
        </button>
      ) : null}
    </div>
  );
}

function Line({
  octets,
  start,
  marked,
}: {
  readonly octets: Uint8Array;
  readonly start: number;
  readonly marked: Props['marked'];
}) {
  const from = Math.min(octets.length, Math.max(0, (marked?.from ?? 0) - start));
  const to = Math.min(octets.length, Math.max(from, (marked?.to ?? 0) - start));
  const pieces = [octets.subarray(0, from), octets.subarray(from, to), octets.subarray(to)] as const;
  const [before, within, after] = pieces.map(hexadecimal);
  const [plainBefore, plainWithin, plainAfter] = pieces.map(characters);
  const fill = '   '.repeat(16 - octets.length);
  return (
    <>
      <span class="offset">{start.toString(16).padStart(4, '0')}</span>
      {'  '}
      {before}
      {within === '' ? null : <mark>{within}</mark>}
      {after}
      {fill} {plainBefore}
      {plainWithin === '' ? null : <mark>{plainWithin}</mark>}
      {plainAfter}
      {'\n'}
    </>
  );
}

const hexadecimal = (octets: Uint8Array): string =>
  [...octets].map((octet) => `${octet.toString(16).padStart(2, '0')} `).join('');

const characters = (octets: Uint8Array): string =>
  [...octets].map((octet) => (octet >= 0x20 && octet <= 0x7e ? String.fromCharCode(octet) : '·')).join('');
