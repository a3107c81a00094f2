/**
 * The keys of the page. Elements with `data-nav` can be reached with j and k; those in one `data-nav-group` form a list. Keys are ignored while the user
 * types, and together with modifiers.
 */
export function handleKey(event: KeyboardEvent, goUp: () => void): void {
  const typing = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
  if (typing && event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'j' || event.key === 'k') move(event.key === 'j' ? 1 : -1);
  else if (event.key === 'u') goUp();
  else if (event.key === '/') document.querySelector<HTMLElement>('input[type="search"]')?.focus();
  else return;
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
