/** What keys do beside moving in lists. */
export interface KeyActions {
  /** Back to the list. */
  readonly up: () => void;
  /** To the next property, or the one before. */
  readonly step: (by: 1 | -1) => void;
  /** Ticks the property off, or takes the tick away. */
  readonly review: () => void;
}

/**
 * The keys of the page. Elements with `data-nav` can be reached with j and k; those in one `data-nav-group` form a list. Keys are ignored while the user
 * types, and together with modifiers.
 */
export function handleKey(event: KeyboardEvent, actions: KeyActions): void {
  const typing = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
  if (typing && event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const action: Readonly<Record<string, () => void>> = {
    j: () => move(1),
    k: () => move(-1),
    n: () => actions.step(1),
    p: () => actions.step(-1),
    u: actions.up,
    x: actions.review,
    '/': () => document.querySelector<HTMLElement>('input[type="search"]')?.focus(),
  };
  const act = Object.hasOwn(action, event.key) ? action[event.key] : undefined;
  if (act === undefined) return;
  act();
  event.preventDefault();
}

function move(by: 1 | -1): void {
  const active = document.activeElement;
  const group = active?.closest('[data-nav-group]') ?? document.querySelector('[data-nav-group]');
  if (group === null) return;
  const items = [...group.querySelectorAll<HTMLElement>('[data-nav]')];
  const at = items.findIndex((item) => item === active);
  const next = items[at < 0 ? (by === 1 ? 0 : items.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
