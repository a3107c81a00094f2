import type { RunRecord } from '../../model';
import type { PageExtras } from '../page-extras';

const none: PageExtras = { files: {}, quotes: {} };

/** What the page has beside the run. */
export const extrasOf = (run: RunRecord): PageExtras =>
  (run as RunRecord & { readonly extras?: PageExtras }).extras ?? none;
