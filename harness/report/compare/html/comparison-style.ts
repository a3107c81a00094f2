/** What the page of a comparison needs beyond the styles of the report page. */
export function comparisonStyle(columns: number): string {
  const hiding = Array.from(
    { length: columns },
    (_, column) => `body:has(#show-${column}:not(:checked)) .c${column} { display: none; }`,
  );
  return `
main.comparison, .bar.wide, .foot.wide { max-width: 120rem; }
.comparison .scroll { overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); }
.comparison table { border-collapse: collapse; font-size: 0.875rem; }
.comparison th, .comparison td { text-align: left; vertical-align: top; padding: 0.375rem 0.75rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.comparison thead th { background: var(--sunken); border-top: 0; }
.comparison .number { text-align: right; }
.comparison fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: baseline; }
.comparison legend { float: left; padding: 0 0.75rem 0 0; color: var(--muted); font-size: 0.875rem; }
.comparison fieldset label { display: inline-flex; gap: 0.4rem; align-items: center; min-height: 2rem; cursor: pointer; }
.choices { display: grid; gap: 0.25rem; margin: 0.75rem 0; }
.runs td, .runs th { min-width: 6rem; }
.runs .said { min-width: 16rem; }
.runs .nowrap { white-space: nowrap; }
.runs .shares { margin-top: 0.375rem; max-width: 14rem; gap: 0; }
.runs .share { flex-grow: 1; min-width: 0; }
.matrix { max-height: 88vh; }
.matrix table { width: 100%; }
.matrix thead th { position: sticky; top: 0; z-index: 2; min-width: 8.5rem; }
.matrix thead th:first-child, .matrix tbody th[scope="row"] { position: sticky; left: 0; width: 19rem; min-width: 19rem; }
.matrix thead th:first-child { z-index: 3; }
.matrix tbody th[scope="row"] { background: var(--surface); font-weight: 400; z-index: 1; }
.matrix tbody th[scope="rowgroup"] { background: var(--sunken); font-weight: 600; }
.matrix .area-name { position: sticky; left: 0.75rem; }
.matrix .id { font-weight: 600; }
.cell-reaction { display: block; font-family: var(--mono); font-size: 0.75rem; margin-top: 0.125rem; }
.differs { color: var(--muted); font-size: 0.75rem; display: block; }
.v-unseen, .v-absent { color: var(--muted); background: var(--sunken); }
.side { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.25rem; margin-top: 1rem; scroll-margin-top: 0.5rem; }
.side:target { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.side h3 { margin: 0 0 0.25rem; font-family: var(--mono); overflow-wrap: anywhere; }
.cards { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 0.75rem; margin-top: 0.75rem; align-items: start; }
.card { background: var(--sunken); border-radius: 8px; padding: 0.625rem 0.875rem; overflow-wrap: anywhere; font-size: 0.9375rem; }
.card h4 { margin: 0 0 0.25rem; display: flex; flex-wrap: wrap; gap: 0.25rem 0.5rem; align-items: baseline; }
.card dt { font-size: 0.8125rem; color: var(--muted); }
.card dl { display: grid; gap: 0.25rem; margin-top: 0.375rem; }
.card .reaction { color: inherit; }
body:has(#rows-differ:checked) .same, body:has(#rows-behaviour:checked) :is(.same, .coverage) { display: none; }
${hiding.join('\n')}
@media (max-width: 40rem) {
  .matrix thead th:first-child, .matrix tbody th[scope="row"] { position: static; width: 11rem; min-width: 11rem; }
  .matrix thead th { min-width: 7rem; }
  .side { padding: 0.75rem; }
}
@media print {
  .choices { display: none; }
  .matrix { max-height: none; overflow: visible; }
  .matrix thead th, .matrix tbody th { position: static; }
  .side, .card { break-inside: avoid; }
}
`;
}
