import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the scripts of the pages are: beside the folders of their sources in the package; in dist when this file runs from its source. */
const places = [join(__dirname, '..'), join(__dirname, '../../../dist/harness/report')];

/** The script of the page whose source lies in a folder of report/; null when it was not built (`npm run build`). */
export function clientScript(folder: 'html' | 'compare/html'): string | null {
  for (const place of places) {
    try {
      return readFileSync(join(place, folder, 'client.js'), 'utf8');
    } catch {
      // Not here; a page without its script is still a report.
    }
  }
  return null;
}
