import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

/** Octets from the first up to but not including the last. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

interface Props {
  readonly octets: Uint8Array;
  readonly marked?: Range | undefined;
  readonly label?: string;
  /** The pointer is over an octet, or over none any more. */
  readonly onPoint?: (at: number | undefined) => void;
  /** An octet was chosen. */
  readonly onPick?: (at: number) => void;
}

// 32 lines of 16; each octet is two elements.
const shownOctets = 512;
const mostOctets = 16_384;

/** Octets as hexadecimal and as characters, 16 a line. */
export function HexPane({ octets, marked, label = 'Octets in hexadecimal', onPoint, onPick }: Props) {
  const [all, setAll] = useState(false);
  const end = Math.min(octets.length, all ? mostOctets : shownOctets);
  const pre = useRef<HTMLPreElement>(null);
  // Made once: marks move with the pointer.
  const lines = useMemo(
    () =>
      Array.from({ length: Math.ceil(end / 16) }, (_, row) => (
        <Line key={row} octets={octets.subarray(row * 16, Math.min(row * 16 + 16, end))} start={row * 16} />
      )),
    [octets, end],
  );
  useLayoutEffect(() => {
    for (const element of pre.current?.querySelectorAll('.on') ?? []) element.classList.remove('on');
    if (marked === undefined) return;
    for (let at = marked.from; at < Math.min(marked.to, end); at += 1) {
      for (const element of pre.current?.querySelectorAll(`[data-at="${at}"]`) ?? []) element.classList.add('on');
    }
  }, [marked, lines]);
  return (
    <div class="hex">
      <pre
        ref={pre}
        tabIndex={0}
        aria-label={label}
        onMouseOver={(event) => onPoint?.(offsetOf(event))}
        onMouseLeave={() => onPoint?.(undefined)}
        onClick={(event) => {
          const at = offsetOf(event);
          if (at !== undefined) onPick?.(at);
        }}
      >
        {lines}
      </pre>
      {end < octets.length ? (
        <p>
          {all ? null : (
            <button type="button" class="plain" onClick={() => setAll(true)}>
              Show {Math.min(octets.length, mostOctets).toLocaleString('en-US')} of{' '}
              {octets.length.toLocaleString('en-US')} octets
            </button>
          )}
          {all ? <span class="muted">The capture and the failure file have the other octets.</span> : null}
        </p>
      ) : null}
    </div>
  );
}

/** The octet that an event is about. */
function offsetOf(event: MouseEvent): number | undefined {
  const at = event.target instanceof HTMLElement ? event.target.dataset['at'] : undefined;
  return at === undefined ? undefined : Number(at);
}

function Line({ octets, start }: { readonly octets: Uint8Array; readonly start: number }) {
  return (
    <>
      <span class="offset">{start.toString(16).padStart(4, '0')}</span>
      {'  '}
      {[...octets].map((octet, index) => (
        <span key={index} data-at={start + index}>
          {`${octet.toString(16).padStart(2, '0')} `}
        </span>
      ))}
      {'   '.repeat(16 - octets.length)}{' '}
      {[...octets].map((octet, index) => (
        <span key={index} data-at={start + index}>
          {octet >= 0x20 && octet <= 0x7e ? String.fromCharCode(octet) : '·'}
        </span>
      ))}
      {'\n'}
    </>
  );
}
