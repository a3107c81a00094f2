import type { PacketLine } from '../describe-packet';

/** Packets of several runs that stand for the same thing; undefined where a run has none. */
export interface AlignedPackets {
  readonly lines: readonly (PacketLine | undefined)[];
  /** Every run has it, and all say the same of it. */
  readonly areAlike: boolean;
}

/** Packets of a run that are aligned; those beyond are left out, since a flood of them would take the page minutes. */
export const mostAligned = 300;

/**
 * Packet lists side by side: packets of the same direction, type and stream are put in one line, as many as can be without changing anybody's order, and rather those that also
 * say the same. Each list is aligned with what those before it came to. Pure.
 */
export function alignPackets(lists: readonly (readonly PacketLine[])[]): readonly AlignedPackets[] {
  const [first = [], ...others] = lists.map((list) => list.slice(0, mostAligned));
  let rows: readonly (readonly (PacketLine | undefined)[])[] = first.map((line) => [line]);
  for (const [index, list] of others.entries()) rows = addList(rows, list, index + 1);
  return rows.map((lines) => ({ lines, areAlike: areAlike(lines) }));
}

type Row = readonly (PacketLine | undefined)[];

function addList(rows: readonly Row[], list: readonly PacketLine[], width: number): readonly Row[] {
  // best[i][j]: the most that rows from i and packets from j on can be worth.
  const best = Array.from({ length: rows.length + 1 }, () => Array.from({ length: list.length + 1 }, () => 0));
  const at = (i: number, j: number): number => best[i]?.[j] ?? 0;
  const worth = (i: number, j: number): number => valueOf(rows[i] ?? [], list[j]);
  for (let i = rows.length - 1; i >= 0; i -= 1) {
    for (let j = list.length - 1; j >= 0; j -= 1) {
      const together = worth(i, j);
      const row = best[i] as number[];
      row[j] = Math.max(at(i + 1, j), at(i, j + 1), together === 0 ? 0 : together + at(i + 1, j + 1));
    }
  }
  const merged: Row[] = [];
  const none = Array.from({ length: width }, () => undefined);
  let [i, j] = [0, 0];
  while (i < rows.length || j < list.length) {
    const row = rows[i];
    const line = list[j];
    const together = row === undefined || line === undefined ? 0 : worth(i, j);
    if (row !== undefined && line !== undefined && together > 0 && at(i, j) === together + at(i + 1, j + 1)) {
      merged.push([...row, line]);
      i += 1;
      j += 1;
    } else if (row !== undefined && (line === undefined || at(i, j) === at(i + 1, j))) {
      merged.push([...row, undefined]);
      i += 1;
    } else {
      merged.push([...none, line]);
      j += 1;
    }
  }
  return merged;
}

/** What it is worth to put a packet into a row: nothing where it is of another kind, more where it says what one there says. */
function valueOf(row: Row, line: PacketLine | undefined): number {
  const values = row.map((other) => {
    if (line === undefined || other === undefined || kindOf(other) !== kindOf(line)) return 0;
    return says(other) === says(line) ? 3 : 2;
  });
  return Math.max(0, ...values);
}

const kindOf = ({ direction, type, stream }: PacketLine): string => JSON.stringify([direction, type, stream ?? null]);

/** What depends on where and when a server ran, and is no difference between servers. */
const circumstances = /:authority: [^,]*|date: \w+, [\w :]+ GMT/g;

const says = ({ flags, info }: PacketLine): string => JSON.stringify([flags, info.replaceAll(circumstances, '')]);

function areAlike(lines: Row): boolean {
  const [first] = lines;
  return first !== undefined && lines.every((line) => line !== undefined && says(line) === says(first));
}
