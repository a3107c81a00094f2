/** Octets of a command, at most: more than a terminal takes at once helps nobody. */
const mostOctets = 65_536;

const perLine = 32;

/** A command for a POSIX shell that writes octets to a file named `octets.bin`, or as many as fit. */
export function hexCommand(octets: Uint8Array): string {
  const kept = octets.subarray(0, mostOctets);
  const lines = Array.from({ length: Math.ceil(kept.length / perLine) }, (_, line) =>
    [...kept.subarray(line * perLine, (line + 1) * perLine)]
      .map((octet) => octet.toString(16).padStart(2, '0'))
      .join(''),
  );
  const left = octets.length - kept.length;
  const note = left > 0 ? [`# ${left} more octets are left out`] : [];
  if (lines.length <= 1) return `echo ${lines[0] ?? ''} | xxd -r -p > octets.bin`;
  return [...note, "xxd -r -p > octets.bin <<'END'", ...lines, 'END'].join('\n');
}
