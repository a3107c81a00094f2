import type { RunEvent } from '../events';

/** What the live line and the summary count. */
export class Progress {
  readonly #selected: ReadonlySet<string>;
  readonly #finished = new Map<string, string>();
  /** Inputs played of those that run now, in the order in which they started. */
  readonly #running = new Map<string, { done: number; readonly of: number }>();
  inputs = 0;
  /** Milliseconds that the run will still take, as it was last said; undefined until then. */
  remaining: number | undefined;

  constructor(selected: readonly string[]) {
    this.#selected = new Set(selected);
  }

  add(event: RunEvent): void {
    if (event.type === 'estimate') {
      this.remaining = event.remainingMs;
    } else if (event.type === 'property-started') {
      this.#running.set(event.id, { done: 0, of: event.runs });
    } else if (event.type === 'input-judged') {
      this.inputs += 1;
      const running = this.#running.get(event.id);
      if (running !== undefined && event.phase === 'search') running.done += 1;
    } else if (event.type === 'property-finished') {
      this.#running.delete(event.property.id);
      if (this.#selected.has(event.property.id)) this.#finished.set(event.property.id, event.property.verdict);
    }
  }

  get total(): number {
    return this.#selected.size;
  }

  get finished(): number {
    return this.#finished.size;
  }

  /** How many finished properties have that verdict. */
  having(verdict: string): number {
    return [...this.#finished.values()].filter((finished) => finished === verdict).length;
  }

  /** The one that runs longest; `count` of all that run. */
  get current():
    { readonly id: string; readonly done: number; readonly of: number; readonly count: number } | undefined {
    const [first] = this.#running;
    return first === undefined ? undefined : { id: first[0], ...first[1], count: this.#running.size };
  }
}
