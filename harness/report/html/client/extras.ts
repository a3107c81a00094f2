import type { PageExtras } from '../page-extras';
import type { PageRun } from '../page-run';

const none: PageExtras = { files: {} };

/** What the page has beside the run. */
export const extrasOf = (run: PageRun): PageExtras => run.extras ?? none;
