import { visibleJson } from '../report/visible-json';

/** What `--json` prints: one value, in lines, in which nothing steers a terminal. */
export const asJson = (value: unknown): string => `${visibleJson(value, 2)}\n`;
