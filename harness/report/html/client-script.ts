import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside this file in the package; in dist when this file runs from its source. */
const places = [join(__dirname, 'client.js'), join(__dirname, '../../../dist/harness/report/html/client.js')];

/** The viewer's script; null when it was not built (`npm run build`). */
export function clientScript(): string | null {
  for (const place of places) {
    try {
      return readFileSync(place, 'utf8');
    } catch {
      // Not here; a page without the viewer is still a report.
    }
  }
  return null;
}
