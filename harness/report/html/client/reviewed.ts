import { useState } from 'preact/hooks';
import type { RunRecord } from '../../model';

/** Properties of a run that the reader has ticked off, and what ticks one or takes its tick away. */
export interface Reviewed {
  readonly ids: ReadonlySet<string>;
  readonly toggle: (id: string) => void;
}

/** The ticks of this run; the browser keeps them, where it lets a page do that. */
export function useReviewed({ target, header }: RunRecord): Reviewed {
  const place = `${header.tool.name} reviewed ${target.name} ${header.startedAt}`;
  const [ids, setIds] = useState(() => read(place));
  const toggle = (id: string): void => {
    const next = new Set(ids);
    if (!next.delete(id)) next.add(id);
    setIds(next);
    write(place, next);
  };
  return { ids, toggle };
}

function read(place: string): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '[]');
    return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : []);
  } catch {
    return new Set();
  }
}

function write(place: string, ids: ReadonlySet<string>): void {
  try {
    if (ids.size === 0) localStorage.removeItem(place);
    else localStorage.setItem(place, JSON.stringify([...ids]));
  } catch {
    // Private windows and full disks: the ticks last as long as the page.
  }
}
