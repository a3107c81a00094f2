/** The styles of the page. Colours are pairs that keep a contrast of 4.5 to 1 in both schemes; every verdict also has a sign and a word. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f7f8f9;
  --surface: #ffffff;
  --sunken: #f1f3f5;
  --text: #1b1f24;
  --muted: #57606b;
  --line: #dce0e5;
  --accent: #1c5fa6;
  --focus: #1c5fa6;
  --mark: #ffe08a;
  --mark-text: #1b1f24;
  --fail: #a8201a; --fail-soft: #fcebea; --fail-solid: #c9372c;
  --stale: #7a2f8f; --stale-soft: #f6ecf9; --stale-solid: #9a4db0;
  --error: #5b36a3; --error-soft: #f0ebfa; --error-solid: #7654c0;
  --warn: #7d4e00; --warn-soft: #fdf2d8; --warn-solid: #d29922;
  --flaky: #8a4300; --flaky-soft: #fcefe3; --flaky-solid: #e08b3e;
  --known: #0b5b73; --known-soft: #e3f3f8; --known-solid: #3492ad;
  --lost: #99213f; --lost-soft: #fbe9ee; --lost-solid: #b8345a;
  --blocked: #6b4b1f; --blocked-soft: #f4ede1; --blocked-solid: #b08a4e;
  --not-run: #4d5763; --not-run-soft: #eceff2; --not-run-solid: #b9c1ca;
  --untestable: #4d5763; --untestable-soft: #eceff2; --untestable-solid: #a2abb6;
  --skipped: #4d5763; --skipped-soft: #eceff2; --skipped-solid: #c6ccd3;
  --info: #1f5099; --info-soft: #e7effb; --info-solid: #5b8fd6;
  --pass: #1a6338; --pass-soft: #e5f4ea; --pass-solid: #45a065;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SFMono-Regular", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121518;
    --surface: #1a1e23;
    --sunken: #22272d;
    --text: #e4e8ec;
    --muted: #a3adb8;
    --line: #333a42;
    --accent: #86b9f2;
    --focus: #86b9f2;
    --mark: #6b5600;
    --mark-text: #fff6d8;
    --fail: #ffa8a2; --fail-soft: #40201f; --fail-solid: #d8554b;
    --stale: #e1b0ef; --stale-soft: #38253f; --stale-solid: #a864bd;
    --error: #cbb8fa; --error-soft: #2e2745; --error-solid: #8d6fd6;
    --warn: #f2ca73; --warn-soft: #3a2f14; --warn-solid: #c49227;
    --flaky: #f5bd8c; --flaky-soft: #3d2a19; --flaky-solid: #cf7f38;
    --known: #8fd3e8; --known-soft: #15323b; --known-solid: #3492ad;
    --lost: #ffabbd; --lost-soft: #42202b; --lost-solid: #cf5676;
    --blocked: #e3c596; --blocked-soft: #362c1c; --blocked-solid: #9a7a45;
    --not-run: #b4bdc8; --not-run-soft: #2a3037; --not-run-solid: #626c77;
    --untestable: #b4bdc8; --untestable-soft: #2a3037; --untestable-solid: #717c88;
    --skipped: #b4bdc8; --skipped-soft: #2a3037; --skipped-solid: #535c66;
    --info: #a8cbf7; --info-soft: #1d2c42; --info-solid: #4f86cf;
    --pass: #93d9ac; --pass-soft: #17331f; --pass-solid: #3d9159;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font: 16px/1.5 var(--sans); background: var(--page); color: var(--text); -webkit-text-size-adjust: 100%; }
body { margin: 0; }
main { max-width: 76rem; margin: 0 auto; padding: 0 1rem 2rem; }
h1, h2, h3, h4, h5, p, dl, dd, ul, ol, pre { margin: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2.25rem 0 0.75rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
h4 { font-size: 0.9375rem; margin: 1rem 0 0.5rem; overflow-wrap: anywhere; }
h5 { font-size: 0.875rem; margin: 1rem 0 0.5rem; }
h1:focus, main:focus { outline: none; }
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
h1:focus-visible { outline: 2px solid var(--focus); outline-offset: 6px; }
code, pre, kbd, .id { font-family: var(--mono); font-size: 0.875em; }
code { overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--sunken); border: 1px solid var(--line); border-radius: 6px; padding: 0.625rem 0.75rem; font-size: 0.8125rem; line-height: 1.45; }
kbd { border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; padding: 0 0.3em; background: var(--surface); }
button, input, select { font: inherit; color: inherit; }
.muted { color: var(--muted); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 0.5rem; top: -4rem; background: var(--surface); padding: 0.5rem 0.75rem; border-radius: 6px; z-index: 2; }
.skip:focus { top: 0.5rem; }

.bar { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline; max-width: 76rem; margin: 0 auto; padding: 1rem; }
.brand { font-weight: 650; color: var(--text); text-decoration: none; }
.brand:hover { text-decoration: underline; }
.bar-target { color: var(--muted); overflow-wrap: anywhere; }
.views { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-left: auto; }
.views a { color: var(--text); text-decoration: none; padding: 0.2rem 0; border-bottom: 2px solid transparent; }
.views a:hover { border-bottom-color: var(--line); }
.views a[aria-current="page"] { border-bottom-color: var(--accent); font-weight: 600; }
.foot { max-width: 76rem; margin: 0 auto; padding: 1rem 1rem 2.5rem; color: var(--muted); font-size: 0.875rem; display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; border-top: 1px solid var(--line); }

.verdict { display: inline-flex; align-items: center; gap: 0.35em; font-size: 0.8125rem; font-weight: 600; line-height: 1.4; padding: 0.1em 0.55em 0.1em 0.45em; border-radius: 5px; white-space: nowrap; }
.sign { display: inline-block; min-width: 1em; text-align: center; }
.v-fail { color: var(--fail); background: var(--fail-soft); }
.v-stale { color: var(--stale); background: var(--stale-soft); }
.v-error { color: var(--error); background: var(--error-soft); }
.v-warn { color: var(--warn); background: var(--warn-soft); }
.v-flaky { color: var(--flaky); background: var(--flaky-soft); }
.v-known { color: var(--known); background: var(--known-soft); }
.v-lost { color: var(--lost); background: var(--lost-soft); }
.v-blocked { color: var(--blocked); background: var(--blocked-soft); }
.v-not-run { color: var(--not-run); background: var(--not-run-soft); }
.v-untestable { color: var(--untestable); background: var(--untestable-soft); }
.v-skipped { color: var(--skipped); background: var(--skipped-soft); }
.v-info { color: var(--info); background: var(--info-soft); }
.v-pass { color: var(--pass); background: var(--pass-soft); }
/* What a known or flaky verdict hides stands in its words; the edge is for those who look for colours. */
.hides-fail { box-shadow: inset 3px 0 0 var(--fail-solid); padding-left: 0.65em; }
.hides-warn { box-shadow: inset 3px 0 0 var(--warn-solid); padding-left: 0.65em; }
.shares { display: flex; gap: 2px; height: 0.5rem; border-radius: 3px; overflow: hidden; }
.share { min-width: 3px; flex-basis: 0; }
.s-fail { background: var(--fail-solid); }
.s-stale { background: var(--stale-solid); }
.s-error { background: var(--error-solid); }
.s-warn { background: var(--warn-solid); }
.s-flaky { background: var(--flaky-solid); }
.s-known { background: var(--known-solid); }
.s-lost { background: var(--lost-solid); }
.s-blocked { background: var(--blocked-solid); }
.s-not-run { background: var(--not-run-solid); }
.s-untestable { background: var(--untestable-solid); }
.s-skipped { background: var(--skipped-solid); }
.s-info { background: var(--info-solid); }
.s-pass { background: var(--pass-solid); }

.hero, .property, .finding { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1.25rem; }
.hero { border-left-width: 6px; }
.h-fail { border-left-color: var(--fail-solid); }
.h-error { border-left-color: var(--error-solid); }
.h-pass { border-left-color: var(--pass-solid); }
.hero .lead { margin-top: 0.25rem; }
.lead { font-size: 1.0625rem; overflow-wrap: anywhere; max-width: 60rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: 0.75rem 1.5rem; margin-top: 1rem; }
.facts.wide { grid-template-columns: 1fr; gap: 0.375rem; }
.facts dt, .story dt { font-size: 0.8125rem; color: var(--muted); }
.facts dd { overflow-wrap: anywhere; }
.facts.wide > div { display: grid; grid-template-columns: 10rem minmax(0, 1fr); gap: 0 1rem; align-items: baseline; }
.facts.wide dt { font-size: 0.875rem; }
.notice { border: 1px solid var(--line); border-left: 4px solid var(--warn-solid); background: var(--surface); border-radius: 6px; padding: 0.5rem 0.75rem; margin: 0.5rem 0; }

.fixes, .rows, .tiles, .locked, .plain-list, .inline-list, .parts { list-style: none; padding: 0; }
.fixes { counter-reset: fix; display: grid; gap: 0.5rem; }
.fix { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
.fix > a { display: grid; gap: 0.125rem; padding: 0.75rem 1rem; color: inherit; text-decoration: none; }
.with-it { padding: 0 1rem 0.625rem; margin-top: -0.375rem; font-size: 0.9375rem; }
div.with-it { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; }
.with-it .chain { margin-top: 0; }
.troubles { list-style: none; padding: 0; display: grid; gap: 0.5rem; }
.trouble { background: var(--surface); border: 1px solid var(--line); border-left: 6px solid var(--fail-solid); border-radius: 8px; padding: 0.625rem 1rem; overflow-wrap: anywhere; }
.trouble-unkept { border-left-color: var(--warn-solid); }
.trouble-why { display: block; color: var(--muted); }
.facts.levels { grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); margin: 0.875rem 0; }
.levels > div { border-top: 3px solid var(--line); padding-top: 0.25rem; }
.levels dd { font-weight: 600; }
.levels a { font-weight: 400; font-size: 0.875rem; }
.hero > .chips { margin-top: 0.75rem; }
.inline-list.limits { display: flex; flex-wrap: wrap; gap: 0 1.5rem; }
.trouble-stale { border-left-color: var(--stale-solid); }
.changes { list-style: none; padding: 0; display: grid; gap: 0.25rem; }
.change { background: var(--surface); border: 1px solid var(--line); border-left-width: 4px; border-radius: 6px; padding: 0.375rem 0.75rem; overflow-wrap: anywhere; }
.change-worse { border-left-color: var(--fail-solid); }
.change-better { border-left-color: var(--pass-solid); }
.change .id { font-weight: 600; }
.reactions .mark { display: inline-block; width: 1.5rem; color: var(--muted); }
.reactions .observed { border-left: 4px solid var(--fail-solid); background: var(--fail-soft); border-radius: 4px; padding: 0.125rem 0.5rem; margin: 0.25rem 0 0 -0.75rem; }
.reactions .observed.o-warn, .reactions .observed.o-flaky { border-left-color: var(--warn-solid); background: var(--warn-soft); }
.reactions .observed.o-known { border-left-color: var(--known-solid); background: var(--known-soft); }
.reactions .observed.o-info { border-left-color: var(--info-solid); background: var(--info-soft); }
.plainly .row { padding: 0.375rem 0.75rem; }
.plainly .row-facts { grid-template-columns: 6rem 11rem; }
.part { font-size: 0.875rem; font-weight: 400; margin-left: 0.5rem; }
.row-head { display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: baseline; }
.tick { font-size: 0.8125rem; color: var(--pass); }
.row.reviewed { background: var(--sunken); }
.review { margin-left: auto; }
.review[aria-pressed="true"] { color: var(--pass); border-color: var(--pass); }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem 2rem; }
.timings { max-width: none; }
.timings .meter { width: 40%; }
.split { position: relative; overflow: hidden; }
.waited { position: absolute; inset: 0 auto 0 0; background: repeating-linear-gradient(135deg, var(--surface) 0 2px, transparent 2px 5px); }
.grammar { margin: -0.25rem 0 0.75rem; }
.sample { margin-top: 2.25rem; }
.fix-want b, .fix-text b { display: inline-block; min-width: 5.25rem; font-weight: 600; }
.fix:hover, .row:hover, .tile:hover { border-color: var(--accent); }
.fix-head { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline; font-size: 0.9375rem; }
.fix-head .id, .row .id { font-weight: 600; overflow-wrap: anywhere; }
.fix-text, .fix-want { overflow-wrap: anywhere; }
.fix-want { font-size: 0.9375rem; }
.locked { display: grid; gap: 0.75rem; }
.locked li { background: var(--surface); border: 1px dashed var(--untestable-solid); border-radius: 8px; padding: 0.75rem 1rem; overflow-wrap: anywhere; }
.chain { display: flex; flex-wrap: wrap; gap: 0 1rem; font-family: var(--mono); font-size: 0.8125rem; margin-top: 0.25rem; }
.chain a { padding: 0.2rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13.5rem), 1fr)); gap: 0.5rem; }
.tile { display: grid; gap: 0.375rem; width: 100%; height: 100%; align-content: start; text-align: left; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 0.625rem 0.875rem; cursor: pointer; }
.tile-name { font-weight: 600; }
.tile-counts { font-size: 0.8125rem; color: var(--muted); }
.tile[aria-pressed="true"], .chip[aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.chips { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.chip { display: inline-flex; align-items: center; gap: 0.5rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 0.25rem 0.75rem 0.25rem 0.375rem; min-height: 2.25rem; cursor: pointer; }
.chip .number { font-weight: 600; }
.chip[aria-pressed="true"] .number::after { content: " \\2713"; }
.tools { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: end; margin: 0.75rem 0; }
.tools label { display: grid; font-size: 0.8125rem; color: var(--muted); }
.tools input, .tools select { color: var(--text); background: var(--surface); border: 1px solid var(--muted); border-radius: 6px; padding: 0.35rem 0.6rem; font-size: 0.9375rem; min-height: 2.25rem; }
.tools input { width: min(26rem, 84vw); }
.shown { font-size: 0.875rem; color: var(--muted); padding-bottom: 0.4rem; }
.plain { background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 0.3rem 0.75rem; min-height: 2rem; cursor: pointer; font-size: 0.875rem; }
.plain:hover { border-color: var(--accent); }
.rows { display: grid; gap: 0.25rem; }
.row { display: grid; grid-template-columns: 8rem minmax(0, 1fr) auto; gap: 0 1rem; align-items: baseline; background: var(--surface); border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 0.75rem; color: inherit; text-decoration: none; }
.row .verdict { justify-self: start; }
.row-text { display: grid; }
.row-rule { font-size: 0.9375rem; overflow-wrap: anywhere; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.row-facts { display: grid; grid-template-columns: 6rem 5.5rem 4.5rem; font-size: 0.875rem; font-variant-numeric: tabular-nums; text-align: right; }
.hero > .shares { margin-top: 0.875rem; height: 0.625rem; }
.more { font-size: 0.875rem; margin-top: 0.5rem; }
.legend { display: grid; gap: 0.375rem; }
.legend > div { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: 0 1rem; align-items: baseline; }
.plain-list { display: grid; gap: 0.25rem; overflow-wrap: anywhere; }
.inline-list { display: grid; gap: 0.125rem; }
details { margin-top: 0.75rem; }
summary { cursor: pointer; padding: 0.25rem 0; }
details > pre { margin-top: 0.25rem; }

.crumbs { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-bottom: 0.75rem; font-size: 0.9375rem; }
.crumbs a { padding: 0.2rem 0; }
.steps { margin-left: auto; display: flex; gap: 1rem; align-items: baseline; }
.labels { display: flex; gap: 0.75rem; align-items: center; margin-bottom: 0.375rem; }
.level { font-size: 0.8125rem; text-transform: uppercase; letter-spacing: 0.04em; color: var(--muted); }
.property h1 { font-family: var(--mono); font-size: 1.375rem; }
.property .lead { margin: 0.375rem 0; }
.tally { border-collapse: collapse; width: 100%; max-width: 44rem; }
.tally th, .tally td { text-align: left; font-weight: 400; padding: 0.25rem 0.75rem 0.25rem 0; vertical-align: middle; overflow-wrap: anywhere; }
.tally thead th { font-size: 0.8125rem; color: var(--muted); }
.tally .number { text-align: right; white-space: nowrap; }
.meter { width: 45%; }
.fill { display: block; height: 0.625rem; border-radius: 3px; background: var(--info-solid); min-width: 3px; }
.finding { margin-top: 1.25rem; scroll-margin-top: 0.75rem; border-left-width: 6px; }
.f-fail { border-left-color: var(--fail-solid); }
.f-warn { border-left-color: var(--warn-solid); }
.f-flaky { border-left-color: var(--flaky-solid); }
.f-known { border-left-color: var(--known-solid); }
.f-info { border-left-color: var(--info-solid); }
.f-error { border-left-color: var(--error-solid); }
.finding > header { display: flex; flex-wrap: wrap; gap: 0.375rem 0.75rem; align-items: center; margin-bottom: 0.375rem; }
.finding h2 { margin: 0; font-size: 1.125rem; }
.finding h2 a { color: inherit; text-decoration: none; }
.finding h2 a:hover { text-decoration: underline; }
.reaction { font-family: var(--mono); font-size: 0.8125rem; color: var(--muted); overflow-wrap: anywhere; }
.copy { display: inline-flex; align-items: center; gap: 0.5rem; font-size: 0.875rem; color: var(--muted); }
.story { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 0.75rem; margin-top: 0.75rem; }
.story > div { background: var(--sunken); border-radius: 8px; padding: 0.625rem 0.875rem; border-top: 3px solid var(--line); }
.story > .observed { border-top-color: var(--fail-solid); }
.story > .expected { border-top-color: var(--pass-solid); }
.story dd { overflow-wrap: anywhere; }
.story dt { font-weight: 600; }
.strip { letter-spacing: 0.1em; }
.attempts { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0 1.25rem; font-size: 0.875rem; }
.script { padding-left: 1.75rem; font-family: var(--mono); font-size: 0.8125rem; overflow-wrap: anywhere; }
.script li { padding: 0.0625rem 0; }
.changes { list-style: none; padding-left: 0; }
.changes li { padding-left: 1.75rem; text-indent: -1.25rem; }
.changes li::before { display: inline-block; width: 1.25rem; text-indent: 0; content: ' '; }
.changes .gone::before { content: '−'; }
.changes .new::before { content: '+'; }
.changes del, .changes ins { text-decoration: none; }
.changes .gone { background: var(--sunken); color: var(--muted); }
.changes .new { background: var(--info-soft); }
.command { display: grid; gap: 0.5rem; margin: 0.25rem 0 0.5rem; justify-items: start; }
.command pre { width: 100%; }
.output { max-height: 24rem; overflow: auto; }

.packets, .scroll { overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); }
.packets { max-height: 26rem; position: relative; }
.packets table, .fields { border-collapse: collapse; width: 100%; font-size: 0.8125rem; }
.packets th, .packets td { padding: 0.1875rem 0.4rem; text-align: left; vertical-align: baseline; }
.fields th, .fields td { padding: 0.1875rem 0.625rem; text-align: left; vertical-align: baseline; }
.packets th.number, .packets td.number, .fields .number { text-align: right; }
.packets thead th, .fields thead th { background: var(--sunken); font-weight: 600; white-space: nowrap; }
.packets thead th { position: sticky; top: 0; z-index: 1; }
.packets td { font-family: var(--mono); font-size: 0.75rem; white-space: nowrap; border-top: 1px solid var(--line); }
.packets td.info { white-space: normal; overflow-wrap: anywhere; min-width: 11rem; }
.packets td.conn { white-space: normal; overflow-wrap: anywhere; max-width: 8rem; }
.flag { display: block; font-weight: 400; font-size: 0.6875rem; color: var(--muted); }
.packets td.delta { color: var(--muted); }
.window { display: block; color: var(--muted); font-family: var(--sans); font-style: normal; }
.overdrawn { color: var(--fail); font-weight: 600; }
.overdrawn::after { content: " (overdrawn)"; }
.used-up { font-weight: 600; }
.packets td.lanes { position: relative; }
.lane-row { position: absolute; inset: 0; display: flex; padding: 0 0.25rem; }
.lane-heads { display: flex; padding: 0 0.25rem; font-size: 0.6875rem; font-weight: 400; }
.lane-heads span { flex: 0 0 0.75rem; text-align: center; }
.packets th.lanes { padding: 0; }
.lane { flex: 0 0 0.75rem; display: grid; place-items: center; background: linear-gradient(var(--muted), var(--muted)) center / 1px 0 no-repeat; }
.lane.open { background-size: 1px 100%; }
.lane b { font-size: 0.625rem; line-height: 1; font-style: normal; background: inherit; }
.packet { cursor: pointer; }
.packet:hover td { text-decoration: underline; text-decoration-color: var(--muted); text-underline-offset: 0.2em; }
.packet button { font: inherit; color: inherit; background: none; border: 0; padding: 0 0.25rem; min-width: 1.5rem; min-height: 1.5rem; cursor: pointer; text-align: right; }
.packet td.type { font-weight: 600; }
.t-headers td, .t-continuation td, .t-pushpromise td { background: var(--info-soft); }
.t-data td { background: var(--pass-soft); }
.t-rststream td, .t-goaway td { background: var(--fail-soft); }
.t-settings td, .t-windowupdate td, .t-ping td, .t-priority td { background: var(--surface); }
.t-happening td, .t-preface td, .t-octets td { background: var(--sunken); font-style: italic; }
.packet.printed { cursor: default; }
.packet.printed:hover td { text-decoration: none; }
.packet.printed td { background: var(--sunken); }
.packet.printed .who { color: var(--muted); font-style: italic; }
.packet.broke td { border-top: 2px solid var(--fail-solid); border-bottom: 2px solid var(--fail-solid); }
.packet.selected td { box-shadow: inset 0 -2px 0 var(--accent), inset 0 2px 0 var(--accent); }
.packet.selected td:first-child { box-shadow: inset 4px 0 0 var(--accent), inset 0 -2px 0 var(--accent), inset 0 2px 0 var(--accent); }
.culprit { display: block; font-family: var(--sans); color: var(--fail); font-style: normal; }
.culprit::before { content: "\\25B2 "; }
.packet-tools { align-items: center; margin: 0.25rem 0 0.5rem; }
.packet-tools .check { display: flex; gap: 0.4rem; align-items: center; font-size: 0.875rem; min-height: 2rem; }
.packet-tools .check input { width: auto; min-height: 0; margin: 0; }
.packet-tools input[type="text"] { font-family: var(--mono); font-size: 0.8125rem; }
.packet-tools .shown { padding: 0; }
.grammar { margin: 0; font-size: 0.875rem; color: var(--muted); flex-basis: 100%; }
.workbench { display: grid; gap: 0.75rem; scroll-margin-top: 0.5rem; margin-bottom: 0.75rem; }
.packet-list > .plain { margin-top: 0.5rem; }
.detail { border: 1px solid var(--line); border-radius: 6px; padding: 0.25rem 0.875rem 0.875rem; min-width: 0; }
p.detail { padding: 0.875rem; }
.detail .copy { margin-top: 0.375rem; }
.detail > h4 { margin-top: 0.5rem; }
.parts { display: grid; margin: 0.375rem 0 0.5rem; }
.parts .inner { padding-left: 0.875rem; }
.meaning { color: var(--muted); }
.fields tr.on td { background: var(--mark); color: var(--mark-text); }
.fields tr.on .meaning { color: inherit; }
.fields th[scope="row"] { font-weight: 400; border-top: 1px solid var(--line); white-space: nowrap; }
.octets { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 4px; min-width: 1.75rem; min-height: 1.5rem; cursor: pointer; }
.ledger table { width: auto; }
.ledger td { white-space: nowrap; }
.both-tables { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0.5rem; align-items: start; }
.ruler { display: grid; gap: 2px; margin: 0.25rem 0; }
.ruler-row { position: relative; height: 1.5rem; }
.ruler-frame, .ruler-message { position: absolute; top: 0; bottom: 0; min-width: 2px; overflow: hidden; font-size: 0.6875rem; line-height: 1.5rem; text-align: center; border: 0; padding: 0; border-radius: 2px; box-shadow: inset 1px 0 0 var(--page), inset -1px 0 0 var(--page); }
.ruler-frame { background: var(--pass-soft); color: var(--text); cursor: pointer; }
.ruler-frame[aria-pressed="true"] { background: var(--accent); color: var(--surface); }
.ruler-message { background: var(--info-soft); color: var(--text); }
.ruler-message.cut { border-right: 3px dashed var(--fail-solid); }
.ruler-words { font-size: 0.8125rem; }
.message { margin-top: 0.5rem; font-size: 0.875rem; }
.message pre { max-height: 14rem; overflow: auto; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin: 0.375rem 0 0.5rem; }
.copies { display: flex; flex-wrap: wrap; gap: 0.25rem 0.5rem; margin-left: auto; }
.parts button { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr); gap: 0.75rem; width: 100%; text-align: left; background: none; border: 0; border-radius: 4px; padding: 0.125rem 0.375rem; min-height: 1.5rem; cursor: pointer; font-size: 0.8125rem; }
.parts button:hover, .parts button[aria-pressed="true"] { background: var(--mark); color: var(--mark-text); }
.parts button:hover .part-name, .parts button[aria-pressed="true"] .part-name { color: inherit; }
.part-name { color: var(--muted); }
.part-value { font-family: var(--mono); overflow-wrap: anywhere; }
.hex pre { white-space: pre; overflow: auto; max-height: 20rem; font-size: 0.75rem; line-height: 1.5; }
.hex .offset { color: var(--muted); }
.hex [data-at] { cursor: pointer; }
.hex .on { background: var(--mark); color: var(--mark-text); }
.fields td { border-top: 1px solid var(--line); }
.fields code { font-size: 0.75rem; }
.fields td:first-child code { white-space: nowrap; }
.fields td:nth-child(2) { min-width: 11rem; }

.static { padding-top: 1.5rem; }
.static dl { display: grid; grid-template-columns: 8rem minmax(0, 1fr); margin-top: 1rem; }
.static dt { color: var(--muted); }
.static table { border-collapse: collapse; font-size: 0.9375rem; }
.static th, .static td { text-align: left; vertical-align: baseline; padding: 0.3rem 1rem 0.3rem 0; border-top: 1px solid var(--line); }
.static td:last-child { overflow-wrap: anywhere; }
.static p { margin-top: 0.5rem; }
.static p + table { margin-top: 0.75rem; }

@media (min-width: 75rem) and (max-width: 100rem) {
  /* The other pane has it. */
  .packets .length { display: none; }
}
@media (min-width: 75rem) {
  /* Packets and what one of them is made of, side by side: both are wide. */
  main:has(.workbench), :has(.workbench) > :is(.bar, .foot) { max-width: 110rem; }
  .workbench { grid-template-columns: minmax(0, 1fr) 36.5rem; align-items: start; }
  .workbench .packets { max-height: min(46rem, 85vh); }
  .workbench .detail { max-height: min(46rem, 85vh); overflow: auto; }
}
@media (max-width: 60rem) {
  .row-facts { grid-template-columns: auto; text-align: right; }
  .row-facts span:nth-child(n + 2) { display: none; }
}
@media (max-width: 40rem) {
  .hero, .property, .finding { padding: 1rem; }
  .facts { grid-template-columns: 1fr 1fr; gap: 0.625rem 1rem; }
  .facts.wide { grid-template-columns: 1fr; }
  .facts.wide > div { grid-template-columns: 1fr; margin-bottom: 0.25rem; }
  .legend > div { grid-template-columns: 1fr; margin-bottom: 0.25rem; }
  .row { grid-template-columns: minmax(0, 1fr) auto; row-gap: 0.25rem; }
  .row-text { grid-column: 1 / -1; grid-row: 2; }
  .row-facts { grid-row: 1; grid-column: 2; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .views { margin-left: 0; width: 100%; gap: 0.25rem 0.875rem; font-size: 0.9375rem; }
  .fix-want b { display: block; }
  .timings .meter { display: none; }
  .length { display: none; }
  .flag { display: inline; }
  /* Beside three columns no words fit: they stand below them. */
  .static tr { display: grid; grid-template-columns: 4.5rem minmax(0, 1fr) auto; border-top: 1px solid var(--line); padding: 0.3rem 0; }
  .static th, .static td { border: 0; padding: 0 0.5rem 0 0; overflow-wrap: anywhere; }
  .static :is(th, td):last-child { grid-column: 1 / -1; }
  /* A packet takes two lines: what it is, and what it says. The table keeps its meaning by its roles. */
  .packets thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .packets tr.packet { display: grid; grid-template-columns: 2.25rem 4.25rem 4.75rem 2rem minmax(0, 1fr); border-top: 1px solid var(--line); }
  .packets .packet td { border: 0; padding: 0.125rem 0.3rem; box-shadow: none; }
  .packets td.type { overflow-wrap: anywhere; white-space: normal; }
  .packets td.info { grid-column: 1 / -1; min-width: 0; padding-left: 2.5rem; padding-bottom: 0.25rem; }
  .packets td.info:empty { display: none; }
  .packets .packet.selected { outline: 2px solid var(--accent); outline-offset: -2px; }
  .packets .packet.broke { border-left: 4px solid var(--fail-solid); }
  .parts button { grid-template-columns: 7rem minmax(0, 1fr); gap: 0.5rem; }
  .keys { display: none; }
  .copies { margin-left: 0; }
  .ledger th, .ledger thead th, .ledger td { white-space: normal; padding: 0.1875rem 0.25rem; }
  .ledger th, .ledger td { overflow-wrap: anywhere; }
  .delta, .conn, .packets .lanes { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  .tile, .row, .fix, .plain { transition: border-color 120ms; }
}
@media print {
  :root { --page: #fff; --surface: #fff; --sunken: #f4f4f4; }
  html { font-size: 11px; }
  .bar, .tools, .chips, .list-chips, .grammar, .copy, .skip, .keys, .steps, .more, .review, .actions, .packet-tools { display: none; }
  .packets, .output, .hex pre, .detail, .message pre { max-height: none !important; overflow: visible; }
  .workbench { grid-template-columns: minmax(0, 1fr); }
  .hero, .property, .fix, .trouble, .row, .tile, .locked li, .story > div, .packet { break-inside: avoid; }
  .verdict { border: 1px solid currentColor; }
  a { color: inherit; }
}
`;
