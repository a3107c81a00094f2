import { areas, shortId } from '../../catalogue';
import type { Source } from '../../catalogue/requirement';
import { sentenceRecords, type SentenceRecord } from '../../cli/list-sentences';
import { stateNames } from '../../cli/row-record';
import type { CatalogueRow } from '../../properties/catalogue';
import { escapeHtml } from '../../report/html/static-report';
import { style } from '../../report/html/style';
import { printable, sentence } from '../../report/printable';
import { describeVerdict } from '../../report/summary';
import type { RunRecord } from '../../report/model';

/** A published run, and where its page lies in the site. */
export interface SiteRun {
  readonly name: string;
  readonly title: string;
  readonly page: string;
  readonly record: RunRecord;
}

/** The pages that stand beside those of the runs and the matrix, by their names; each is plain HTML without a script, and links only to pages of the site and to the web. */
export function sitePages(rows: readonly CatalogueRow[], runs: readonly SiteRun[]): ReadonlyMap<string, string> {
  return new Map([
    ['index.html', indexPage(rows, runs)],
    ['rules.html', rulesPage(rows)],
    ['sentences.html', sentencesPage(rows)],
  ]);
}

const text = (value: string): string => escapeHtml(printable(value));
const capitalize = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
const link = (href: string, label: string): string => `<a href="${escapeHtml(href)}">${text(label)}</a>`;

const siteStyle = `${style}
.site nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
.site table { border-collapse: collapse; min-width: 100%; }
.site td:nth-child(3) { min-width: 12rem; }
.site th, .site td { text-align: left; vertical-align: top; padding: 0.375rem 0.75rem; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
.site h1 + .lead { margin: 0.5rem 0 1rem; }
.site .contents { columns: 14rem; padding: 0; list-style: none; }
.site .scroll { overflow-x: auto; }
.site article { border-top: 1px solid var(--line); padding: 0.75rem 0; scroll-margin-top: 1rem; }
.site article h3 { margin: 0 0 0.25rem; overflow-wrap: anywhere; }
.site article p { overflow-wrap: anywhere; }
.site dl { display: grid; grid-template-columns: minmax(5rem, auto) 1fr; gap: 0.125rem 1rem; font-size: 0.9375rem; }
.site dt { color: var(--muted); }
.site dd { overflow-wrap: anywhere; }
@media (max-width: 40rem) { .site dl { grid-template-columns: 1fr; } .site dd { margin-bottom: 0.25rem; } }
`;

/** The pages that every page of the site leads to. */
export const sitePlaces = [
  { href: 'index.html', label: 'Servers' },
  { href: 'matrix.html', label: 'Matrix' },
  { href: 'rules.html', label: 'Rules' },
  { href: 'sentences.html', label: 'Sentences' },
] as const;

function page(title: string, lead: string, body: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${text(title)} - grpc-conform</title>`,
    `<style>${siteStyle}</style>`,
    '</head>',
    '<body class="site">',
    '<header class="bar"><a class="skip" href="#main">Skip to the content</a><span class="brand">grpc-conform</span>',
    `<nav aria-label="Pages">${sitePlaces.map(({ href, label }) => link(href, label)).join('')}</nav></header>`,
    '<main id="main">',
    `<h1>${text(title)}</h1>`,
    `<p class="lead">${text(lead)}</p>`,
    ...body,
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function indexPage(rows: readonly CatalogueRow[], runs: readonly SiteRun[]): string {
  const built = rows.filter(({ state }) => state === 'property').length;
  const watched = rows.filter(({ state }) => state === 'watched').length;
  const lines = runs.map(
    ({ title, page: href, record }) =>
      `<tr><th scope="row">${link(href, title)}</th><td>${text(describeVerdict(record))}</td><td>${text(record.target.identification)}</td></tr>`,
  );
  return page(
    'What gRPC servers do',
    `${rows.length} rules of HTTP/2 and gRPC, ${built} of them tested by generated requests and ${watched} watched on all traffic.`,
    [
      '<p class="notice">A server with warnings alone conforms; what its baseline lists is known, and links to its reason.</p>',
      '<div class="scroll" role="region" aria-label="Servers" tabindex="0"><table>',
      '<thead><tr><th scope="col">Server</th><th scope="col">Verdict</th><th scope="col">It says of itself</th></tr></thead>',
      '<tbody>',
      ...lines,
      '</tbody></table></div>',
    ],
  );
}

const sourceText = ({ document, section, url }: Source): string =>
  link(url, [document, section].filter(Boolean).join(' '));

function rulesPage(rows: readonly CatalogueRow[]): string {
  const names = [...new Set(rows.map(({ area }) => area))];
  const contents = names.map((area) => `<li>${link(`#${area}`, areas[area] ?? area)}</li>`);
  const about = sentenceRecords(rows);
  const body = names.flatMap((area) => [
    `<h2 id="${escapeHtml(area)}">${text(areas[area] ?? area)}</h2>`,
    ...rows.filter((row) => row.area === area).map((row) => ruleArticle(row, about)),
  ]);
  return page(
    'Rules',
    'Every rule: how strongly it binds, where it is written, what is sent, what passes and what fails.',
    [`<ul class="contents">${contents.join('')}</ul>`, ...body],
  );
}

function ruleArticle(
  { id, requirement, state, row, property }: CatalogueRow,
  about: readonly SentenceRecord[],
): string {
  const own = about.map((record, index) => ({ record, index })).filter(({ record }) => record.rows.includes(id));
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Level', text(`${requirement.level}; ${stateNames[state]}`)],
    ['Sources', requirement.sources.map(sourceText).join('; ')],
    [
      'Sentences',
      own.map(({ record, index }) => link(`sentences.html#s${index + 1}`, record.says)).join('; ') || undefined,
    ],
    ['Sent', row && text(row.sends)],
    ['Passes', row && text(row.passes)],
    ['Warns', row?.warns && text(row.warns)],
    ['Fails', row && text(row.fails)],
    ['Generated', property && text(property.generates)],
    ['Real servers', row?.servers && text(row.servers)],
    ['h2spec', row?.h2spec && text(row.h2spec.join(', '))],
  ];
  const list = facts.flatMap(([name, html]) => (html === undefined ? [] : [`<dt>${name}</dt><dd>${html}</dd>`]));
  return `<article id="${escapeHtml(shortId(id))}"><h3>${link(`#${shortId(id)}`, id)}</h3><p>${text(sentence(capitalize(requirement.rule)))}</p><dl>${list.join('')}</dl></article>`;
}

function sentencesPage(rows: readonly CatalogueRow[]): string {
  const all = sentenceRecords(rows).map((record, index) => ({ ...record, index }));
  const documents = [...new Set(all.map(({ document }) => document))];
  const body = documents.flatMap((document) => {
    const own = all.filter((record) => record.document === document);
    const lines = own.map(
      ({ section, keyWord, says, state, rows: ids, why, index }) =>
        `<tr id="s${index + 1}"><td>${text(section)}</td><td>${text(keyWord)}</td><td>${text(says)}</td><td>${text(state)}</td><td>${
          ids.length > 0 ? ids.map((id) => link(`rules.html#${shortId(id)}`, shortId(id))).join(' ') : text(why ?? '')
        }</td></tr>`,
    );
    return [
      `<h2>${text(document)}</h2>`,
      `<div class="scroll" role="region" aria-label="${text(document)}" tabindex="0"><table>`,
      '<thead><tr><th scope="col">Section</th><th scope="col">Word</th><th scope="col">What it says</th><th scope="col">State</th><th scope="col">Rules</th></tr></thead>',
      `<tbody>${lines.join('\n')}</tbody></table></div>`,
    ];
  });
  return page(
    'Sentences',
    'What the documents ask of a server, sentence by sentence, and which rules look at it.',
    body,
  );
}
