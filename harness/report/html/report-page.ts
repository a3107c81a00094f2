import { createHash } from 'node:crypto';
import type { RunRecord } from '../model';
import { printable } from '../printable';
import { describeVerdict } from '../summary';
import { visibleJson } from '../visible-json';
import { clientScript } from './client-script';
import { PageExtrasCollector } from './collect-page-extras';
import type { PageExtras } from './page-extras';
import { briefly, pageData, transcriptBudget } from './page-data';
import { escapeHtml, staticReport } from './static-report';
import { style } from './style';

/** Octets of a page, at most: mail and issue trackers take that. */
const mostOctets = 2_500_000;

/**
 * The run as one HTML page that needs no network and no other file. Its policy permits nothing but its own script and styles, so nothing that a target
 * sent could do harm even if it got past the escaping. `script` is the viewer; null: the page shows its table only.
 */
export function renderReportPage(
  run: RunRecord,
  script: string | null = clientScript('html'),
  extras: PageExtras = new PageExtrasCollector().extrasOf(run),
): string {
  const title = `${printable(run.target.name)}: ${run.header.tool.name} report`;
  const policy = [
    "default-src 'none'",
    `style-src '${hash(style)}'`,
    ...(script === null ? [] : [`script-src '${hash(script)}'`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const table = staticReport(run, script !== null);
  const page = (data: string): string =>
    [
      '<!doctype html>',
      '<html lang="en">',
      '<head>',
      '<meta charset="utf-8">',
      `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
      '<meta name="viewport" content="width=device-width, initial-scale=1">',
      '<meta name="color-scheme" content="light dark">',
      `<meta name="description" content="${escapeHtml(printable(describeVerdict(run)))}">`,
      `<title>${escapeHtml(title)}</title>`,
      `<style>${style}</style>`,
      '</head>',
      '<body>',
      script === null ? table : `<div id="app"></div>\n<noscript>${table}</noscript>`,
      `<script type="application/json" id="run">${data}</script>`,
      ...(script === null ? [] : [`<script>${script}</script>`]),
      '</body>',
      '</html>',
      '',
    ].join('\n');
  return page(embedRun(run, extras, mostOctets - Buffer.byteLength(page(''))));
}

/** The run as JSON that takes no more than the room there is: with as much of the transcripts as fits, and without the failure files, which lie beside the page, where these leave less than half. */
function embedRun(run: RunRecord, extras: PageExtras, room: number): string {
  for (const own of [extras, { ...extras, files: {} }]) {
    const embed = (budget: number): string => embedJson({ ...pageData(run, budget), extras: own });
    const whole = embed(transcriptBudget);
    if (Buffer.byteLength(whole) <= room) return whole;
    const left = room - Buffer.byteLength(embed(0));
    if (left >= transcriptBudget / 2 || (left >= 0 && own !== extras)) return embed(Math.min(transcriptBudget, left));
  }
  return embedJson(pageData(briefly(run), 0));
}

/** JSON that cannot end its script element, open a comment in it, or break a line in old parsers. */
export function embedJson(value: unknown): string {
  return visibleJson(value).replace(
    /[<>&]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const hash = (text: string): string => `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
