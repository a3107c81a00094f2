/** Most columns that fit a screen of 1400 pixels as signs: with these the matrix needs no pane of its own. */
const widestOnScreen = 20;

/** What the page of a comparison needs beyond the styles of the report page. */
export function comparisonStyle(columns: number): string {
  const hiding = Array.from(
    { length: columns },
    (_, column) => `body:has(#show-${column}:not(:checked)) .c${column} { display: none; }`,
  );
  const unboxed =
    columns <= widestOnScreen
      ? `@media (min-width: 75rem) { body:has(#compact:checked) .scroll.matrix { overflow: visible; max-height: none; } }`
      : '';
  return `
main.comparison, .bar.wide, .foot.wide { max-width: 120rem; }
.bar nav { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
.comparison .scroll { overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); }
.comparison table { border-collapse: separate; border-spacing: 0; font-size: 0.875rem; }
.comparison th, .comparison td { text-align: left; vertical-align: top; padding: 0.375rem 0.75rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.comparison thead th { background: var(--sunken); border-top: 0; border-bottom: 1px solid var(--line); }
.comparison thead + tbody tr:first-child > * { border-top: 0; }
.comparison .number { text-align: right; }
.comparison fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: baseline; }
.comparison legend:not(.sr) { float: left; padding: 0 0.75rem 0 0; color: var(--muted); font-size: 0.875rem; }
.comparison label { display: inline-flex; gap: 0.4rem; align-items: center; min-height: 2rem; cursor: pointer; }
.choices { display: grid; gap: 0.25rem; margin: 0.75rem 0; }
.choices details { margin: 0; }
.columns { list-style: none; padding: 0; width: 100%; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 0.25rem 0.5rem; margin-top: 0.25rem; }
.columns li { display: flex; gap: 0.5rem; align-items: center; min-width: 0; background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 0.125rem 0.25rem 0.125rem 0.75rem; }
.columns label { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.moves:not([hidden]) { flex-wrap: nowrap; gap: 0.25rem; }
.moves .plain { padding: 0 0.5rem; min-width: 2rem; }
.moves .place { min-width: 1.5rem; text-align: center; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.choices .plain[aria-disabled="true"] { color: var(--muted); background: var(--sunken); border-color: var(--line); cursor: default; }
.scripted:not([hidden]) { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: center; }
.scripted .shown { padding: 0; margin-right: auto; }
.search input { color: var(--text); background: var(--surface); border: 1px solid var(--muted); border-radius: 6px; padding: 0.3rem 0.6rem; width: min(20rem, 60vw); min-height: 2.25rem; }
.runs table { width: 100%; }
.runs td, .runs th { min-width: 6rem; }
.runs .said { min-width: 14rem; }
.runs .nowrap { white-space: nowrap; }
.runs .muted { font-size: 0.8125rem; }
.runs .plain { padding: 0 0.5rem; min-height: 1.5rem; font-size: 0.75rem; margin-left: 0.5rem; }
.runs .shares { margin-top: 0.375rem; max-width: 10rem; gap: 0; }
.runs .share { flex-grow: 1; min-width: 0; }
#matrix, .side h3 { scroll-margin-top: 0.5rem; }
.matrix { max-height: 88vh; }
.matrix table { width: 100%; }
.matrix thead th { position: sticky; top: 0; z-index: 2; min-width: 8.5rem; vertical-align: bottom; }
.matrix thead th:first-child, .matrix tbody th[scope="row"] { position: sticky; left: 0; width: 19rem; min-width: 19rem; }
.matrix thead th:first-child { z-index: 3; }
.matrix tbody th[scope="row"] { background: var(--surface); font-weight: 400; z-index: 1; border-right: 1px solid var(--line); }
.matrix tbody th[scope="rowgroup"] { background: var(--sunken); font-weight: 600; }
.matrix .area-name { position: sticky; left: 0.75rem; }
.matrix .id { font-weight: 600; }
.matrix .rule { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; color: var(--muted); font-size: 0.8125rem; }
.matrix td > a { display: block; color: inherit; text-decoration: none; margin: -0.375rem -0.75rem; padding: 0.375rem 0.75rem; min-height: 1.5rem; }
.matrix td > a:hover { background: var(--sunken); }
.matrix td > a:hover .word, .matrix td > a:hover .cell-reaction { text-decoration: underline; }
.matrix tr[data-row]:hover > * { background: var(--sunken); }
.matrix .v-untestable, .matrix .v-skipped, .matrix .v-not-run, .matrix .v-unseen, .matrix .v-absent { background: none; font-weight: 400; }
.cell-reaction { display: block; font-family: var(--mono); font-size: 0.75rem; margin-top: 0.125rem; }
.cell-reaction .short { display: none; }
.matrix .totals th, .matrix .totals td { background: var(--surface); }
.known-tag { color: var(--known); font-size: 0.75rem; white-space: nowrap; }
.differs { color: var(--muted); font-size: 0.75rem; display: block; }
.outlier { outline: 1.5px dashed var(--muted); outline-offset: -3px; }
.outlier-sample { display: inline-block; border: 2px dashed var(--muted); padding: 0 0.75rem; }
.v-unseen, .v-absent { color: var(--muted); background: var(--sunken); }
.shorts { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.125rem 1rem; font-size: 0.875rem; }
.shorts > div { display: grid; grid-template-columns: 3.5rem minmax(0, 1fr); }
.shorts dt { font-family: var(--mono); }
.reasons { padding: 0 0 0 1.25rem; display: grid; gap: 0.5rem; overflow-wrap: anywhere; }
.reasons .inline-list { display: flex; flex-wrap: wrap; gap: 0.125rem 1.25rem; font-size: 0.875rem; }
.side { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.25rem; margin-top: 1rem; scroll-margin-top: 0.5rem; }
.side:is(:target, .asked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.side h3 { margin: 0 0 0.25rem; font-family: var(--mono); overflow-wrap: anywhere; }
.cards { list-style: none; padding: 0; display: grid; gap: 0.375rem; margin-top: 0.5rem; }
.card { background: var(--sunken); border-radius: 8px; padding: 0.375rem 0.75rem; overflow-wrap: anywhere; font-size: 0.9375rem; }
.card.asked { box-shadow: inset 0 0 0 2px var(--accent); }
.card-head strong { font-weight: 600; }
.card details { margin: 0; font-size: 0.875rem; }
.card summary { color: var(--muted); padding: 0.125rem 0; }
.card dl > div { display: grid; grid-template-columns: 5rem minmax(0, 1fr); gap: 0.125rem 0.75rem; }
.card dd { grid-column: 2; max-width: 75rem; }
.card dt { color: var(--muted); grid-row: 1; }
.card dl { display: grid; gap: 0.25rem; margin: 0.125rem 0; }
.card .reaction { color: inherit; }
.card .whose { font-weight: 600; font-size: 0.8125rem; }
.card .links { display: flex; flex-wrap: wrap; gap: 0 0.75rem; margin-top: 0.375rem; font-size: 0.875rem; }
.packets-of > .plain { margin-top: 0.75rem; }
.aligned { max-height: 80vh; margin-top: 0.5rem; }
.aligned table { font-size: 0.75rem; min-width: 100%; }
.aligned th, .aligned td { padding: 0.1875rem 0.5rem; }
.aligned thead th { position: sticky; top: 0; z-index: 1; white-space: nowrap; }
.aligned tbody th { font-weight: 600; font-family: var(--mono); white-space: nowrap; }
.aligned td { font-family: var(--mono); min-width: 16rem; }
.aligned td .at { color: var(--muted); float: right; padding-left: 0.5rem; }
.aligned tr.unlike td { background: var(--warn-soft); }
.aligned td.broke { box-shadow: inset 0 0 0 2px var(--fail-solid); }
.aligned .none { color: var(--muted); }
body:has(#only-failing:checked) .held,
body:has(#only-judged:checked) .unjudged,
body:has(#only-differences:checked) .same,
body:has(#only-differences:checked):has(#only-judged:checked) .coverage { display: none; }
.side.asked { display: block !important; }
body:has(#only-judged:checked) .matrix :is(.v-untestable, .v-skipped, .v-not-run, .v-absent, .v-blocked) { opacity: 0; }
/* Compact: signs and short reactions; the words stay for those who listen. */
body:has(#compact:checked) .matrix :is(.word, .cell-reaction .long) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
body:has(#compact:checked) .matrix :is(.differs) { display: none; }
body:has(#compact:checked) .matrix table { table-layout: fixed; width: 100%; min-width: ${19 + columns * 3.25}rem; }
body:has(#compact:checked) .matrix thead th:not(:first-child) { min-width: 0; width: 3.25rem; padding: 0.375rem 0.125rem; height: 11.5rem; text-align: left; }
body:has(#compact:checked) .matrix thead .run { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 11rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; display: block; margin: 0 auto; line-height: 1.3; }
body:has(#compact:checked) .matrix thead th:first-child { width: auto; }
body:has(#compact:checked) .matrix :is(td, tbody th[scope="row"]) { padding-block: 0.125rem; }
body:has(#compact:checked) .matrix td { padding-inline: 0.125rem; text-align: center; position: relative; }
body:has(#compact:checked) .matrix td > a { margin: -0.125rem; padding: 0.125rem; }
body:has(#compact:checked) .matrix .verdict { padding: 0.05em 0.3em; }
body:has(#compact:checked) .matrix .known-tag .sign { min-width: 0; }
body:has(#compact:checked) .matrix .cell-reaction { margin: 0; font-size: 0.6875rem; line-height: 1.2; }
body:has(#compact:checked) .matrix .cell-reaction .short { display: inline; }
body:has(#compact:checked) .matrix .rule { display: block; white-space: nowrap; text-overflow: ellipsis; font-size: 0.75rem; line-height: 1.3; }
body:has(#compact:checked) .matrix .outlier { outline-offset: -2px; }
${unboxed}
${hiding.join('\n')}
@media (max-width: 40rem) {
  .matrix thead th:first-child, .matrix tbody th[scope="row"] { width: 9rem; min-width: 9rem; font-size: 0.75rem; }
  body:has(#compact:checked) .matrix thead th:first-child { width: 9rem; }
  body:has(#compact:checked) .matrix table { min-width: ${9 + columns * 3.25}rem; }
  .matrix thead th { min-width: 7rem; }
  .side { padding: 0.75rem; }
}
@media print {
  .choices, .packets-of { display: none; }
  .comparison .scroll { max-height: none; overflow: visible; }
  .matrix thead th, .matrix tbody th { position: static; }
  .side, .card { break-inside: avoid; }
}
`;
}
