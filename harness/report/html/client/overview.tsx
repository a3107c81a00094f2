import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { describeTrouble, troublesOf } from '../../describe-capabilities';
import { describeLimit } from '../../describe-limits';
import {
  verdictMeanings,
  type LimitRecord,
  type PropertyRecord,
  type PropertyVerdict,
  type RunRecord,
} from '../../model';
import { printable, printableLines, sentence } from '../../printable';
import {
  countVerdicts,
  describeDuration,
  describeExitCode,
  describeVerdict,
  groupByArea,
  groupByCause,
  knownCauses,
  lockedProperties,
  lostProperties,
  rowsWith,
  tierNames,
  transportNames,
  verdictOrder,
  type Cause,
} from '../../summary';
import { describeEvidence, watchedRowsOf } from '../../row-words';
import type { PageRow } from '../page-row';
import { formatHash, replaceRoute, type Filter, type Sort } from './route';
import { Bar, FindingVerdict, RowVerdict, Verdict } from './verdict';

interface Props {
  readonly run: RunRecord;
  readonly filter: Filter;
  /** The property that the URL names and the run does not have. */
  readonly unknown: string;
}

export function Overview({ run, filter, unknown }: Props) {
  return (
    <>
      {unknown === '' ? null : <p class="notice">This run has no property {printable(unknown)}.</p>}
      <Hero run={run} />
      <Troubles run={run} />
      <FixFirst run={run} />
      <Lost run={run} />
      <Known run={run} />
      <Locked run={run} />
      <Areas run={run} filter={filter} />
      <Properties run={run} filter={filter} />
      <Watched run={run} />
      <Legend />
      <About run={run} />
    </>
  );
}

function Hero({ run }: { readonly run: RunRecord }) {
  const { target, header } = run;
  const { limits = [] } = target;
  const [word = '', rest = ''] = describeVerdict(run).split(/: (.*)/s);
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['Target', printable(target.name)],
    ['Server', target.identification === '' ? 'does not say' : printable(target.identification)],
    ['Transport', transportNames[target.transport]],
    ['Tier', `${target.tier}: ${tierNames[target.tier]}`],
    ['Seed', <code>{run.seed}</code>],
    [
      'Took',
      `${describeDuration(run.durationMs)} for ${run.properties.length} ${run.properties.length === 1 ? 'property' : 'properties'}`,
    ],
    [
      'Started',
      <time dateTime={header.startedAt}>
        {printable(header.startedAt)
          .replace('T', ' ')
          .replace(/\..*Z$/, ' UTC')}
      </time>,
    ],
    ['Tool', `${header.tool.name} ${header.tool.version}`],
  ];
  const kind: PropertyVerdict = run.status === 'incomplete' && run.verdict !== 'fail' ? 'error' : run.verdict;
  return (
    <section class={`hero h-${kind}`} aria-labelledby="verdict">
      <h1 id="verdict" tabIndex={-1}>
        {word}
      </h1>
      <p class="lead">{printable(rest)}</p>
      <Bar counts={countVerdicts(run.properties)} />
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {limits.length === 0 ? null : <Limits limits={limits} />}
    </section>
  );
}

/** What the target lets a client ask of it, and where that was read. */
function Limits({ limits }: { readonly limits: readonly LimitRecord[] }) {
  return (
    <dl class="facts limits">
      <div>
        <dt>Limits</dt>
        <dd>
          <ul class="inline-list">
            {limits.map((limit) => (
              <li key={limit.name}>
                {printable(describeLimit(limit))} <span class="muted">({printable(limit.from)})</span>
              </li>
            ))}
          </ul>
        </dd>
      </div>
    </dl>
  );
}

/** What is there and does not work, before anything else: it is why so little could be judged. */
function Troubles({ run }: { readonly run: RunRecord }) {
  const troubles = troublesOf(run.target);
  if (troubles.length === 0) return null;
  return (
    <section aria-labelledby="troubles">
      <h2 id="troubles">What does not work</h2>
      <ul class="troubles">
        {troubles.map((trouble) => (
          <li key={`${trouble.state} ${trouble.why}`} class={`trouble trouble-${trouble.state}`}>
            <strong>{trouble.state}</strong>: {sentence(describeTrouble(trouble))}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The rows that make the run fail without a finding: what the target was expected to offer. */
function Lost({ run }: { readonly run: RunRecord }) {
  const groups = lostProperties(run);
  if (groups.length === 0) return null;
  return (
    <section aria-labelledby="lost">
      <h2 id="lost">Lost</h2>
      <ul class="troubles">
        {groups.map(({ reasons, unlock, ids }) => (
          <li key={reasons.join()} class="trouble trouble-broken">
            <strong>
              {ids.length} {ids.length === 1 ? 'property' : 'properties'}
            </strong>
            : {sentence(reasons.join('; '))}
            {unlock === '' ? null : <span class="trouble-why">To have it, {sentence(unlock)}</span>}
            <Chain ids={ids} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Links to properties. */
function Chain({ ids }: { readonly ids: readonly string[] }) {
  return (
    <span class="chain">
      {ids.map((id) => (
        <a key={id} href={formatHash({ view: 'property', id })}>
          {id}
        </a>
      ))}
    </span>
  );
}

// A screenful; a server that breaks more than this has one cause to begin with.
const shownFixes = 10;

function FixFirst({ run }: { readonly run: RunRecord }) {
  return <Causes title="Fix first" id="fix" causes={groupByCause(run)} />;
}

/** What the baseline lists: no news, but the server is not conformant for that. */
function Known({ run }: { readonly run: RunRecord }) {
  return <Causes title="Known deviations" id="known" causes={knownCauses(run)} />;
}

function Causes({
  title,
  id,
  causes,
}: {
  readonly title: string;
  readonly id: string;
  readonly causes: readonly Cause[];
}) {
  const [all, setAll] = useState(false);
  const shown = all ? causes : causes.slice(0, shownFixes);
  if (causes.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ol class="fixes" data-nav-group>
        {shown.map((cause) => (
          <CauseItem key={`${cause.head.property.id} ${cause.head.finding.reaction}`} cause={cause} />
        ))}
      </ol>
      {shown.length < causes.length ? (
        <p class="more">
          <button type="button" class="plain" onClick={() => setAll(true)}>
            Show all {causes.length}
          </button>
        </p>
      ) : null}
    </section>
  );
}

function CauseItem({ cause }: { readonly cause: Cause }) {
  const { property, finding } = cause.head;
  const rows = rowsWith(cause);
  return (
    <li class="fix">
      <a
        data-nav
        href={formatHash({ view: 'property', id: property.id, finding: property.findings.indexOf(finding) + 1 })}
      >
        <span class="fix-head">
          <FindingVerdict finding={finding} />
          <span class="id">{property.id}</span>
          <span class="muted">
            {property.level}, hurts the {finding.radius}, failed {finding.confirmed.failed} of {finding.confirmed.of}
          </span>
        </span>
        <span class="fix-text">{sentence(finding.observed)}</span>
        <span class="fix-want muted">Sent: {sentence(finding.sent)}</span>
        <span class="fix-want muted">Expected: {sentence(finding.expected)}</span>
        {finding.known === undefined ? null : (
          <span class="fix-want muted">Known: {sentence(finding.known.reason)}</span>
        )}
      </a>
      {rows.length === 0 ? null : <WithIt ids={rows} />}
    </li>
  );
}

// As many as fit on two lines of a wide window.
const shownRows = 8;

/** The rows that a cause counts beside its own. */
function WithIt({ ids }: { readonly ids: readonly string[] }) {
  const summary = `and ${ids.length} more ${ids.length === 1 ? 'row' : 'rows'} with it`;
  if (ids.length <= shownRows)
    return (
      <div class="with-it">
        <span>{summary}</span>
        <Chain ids={ids} />
      </div>
    );
  return (
    <details class="with-it">
      <summary>{summary}</summary>
      <Chain ids={ids} />
    </details>
  );
}

function Locked({ run }: { readonly run: RunRecord }) {
  const groups = lockedProperties(run);
  if (groups.length === 0) return null;
  return (
    <section aria-labelledby="locked">
      <h2 id="locked">What could not be tested, and what would unlock it</h2>
      <ul class="locked">
        {groups.map(({ unlock, reasons, ids }) => (
          <li key={unlock}>
            <strong>
              {ids.length} {ids.length === 1 ? 'property' : 'properties'}
            </strong>
            : {printable(unlock)}
            {reasons.length === 0 || reasons[0] === unlock ? null : (
              <span class="muted"> ({printable(reasons.join('; '))})</span>
            )}
            <Chain ids={ids} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Areas({ run, filter }: { readonly run: RunRecord; readonly filter: Filter }) {
  if (run.properties.length === 0) return null;
  return (
    <section aria-labelledby="areas">
      <h2 id="areas">Areas</h2>
      <ul class="tiles">
        {[...groupByArea(run.properties)].map(([area, properties]) => {
          const counts = countVerdicts(properties);
          const chosen = filter.area === area;
          return (
            <li key={area}>
              <button
                type="button"
                class="tile"
                aria-pressed={chosen}
                onClick={() => replaceRoute({ view: 'overview', filter: { ...filter, area: chosen ? '' : area } })}
              >
                <span class="tile-name">{area}</span>
                <Bar counts={counts} />
                <span class="tile-counts">
                  {verdictOrder
                    .filter((verdict) => counts[verdict] > 0)
                    .map((verdict) => `${counts[verdict]} ${verdict}`)
                    .join(', ')}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Properties({ run, filter }: { readonly run: RunRecord; readonly filter: Filter }) {
  const counts = countVerdicts(run.properties);
  const change = (part: Partial<Filter>): void => replaceRoute({ view: 'overview', filter: { ...filter, ...part } });
  const toggle = (verdict: PropertyVerdict): void =>
    change({
      verdicts: filter.verdicts.includes(verdict)
        ? filter.verdicts.filter((other) => other !== verdict)
        : [...filter.verdicts, verdict],
    });
  const shown = select(run.properties, filter);
  const filtered = filter.verdicts.length > 0 || filter.area !== '' || filter.query !== '';
  return (
    <section aria-labelledby="properties">
      <h2 id="properties">Properties</h2>
      <div class="chips" role="group" aria-label="Show only these verdicts">
        {verdictOrder
          .filter((verdict) => counts[verdict] > 0)
          .map((verdict) => (
            <button
              key={verdict}
              type="button"
              class="chip"
              title={verdictMeanings[verdict]}
              aria-pressed={filter.verdicts.includes(verdict)}
              onClick={() => toggle(verdict)}
            >
              <Verdict verdict={verdict} /> <span class="number">{counts[verdict]}</span>
            </button>
          ))}
      </div>
      <p class="more">
        <a
          href="#legend"
          onClick={(event) => {
            event.preventDefault();
            document.getElementById('legend')?.scrollIntoView();
          }}
        >
          What the verdicts mean
        </a>
      </p>
      <div class="tools">
        <label>
          <span>Search</span>
          <input
            type="search"
            value={filter.query}
            placeholder="id, rule or reaction"
            onInput={(event) => change({ query: event.currentTarget.value })}
          />
        </label>
        <label>
          <span>Sort by</span>
          <select value={filter.sort} onChange={(event) => change({ sort: event.currentTarget.value as Sort })}>
            <option value="catalogue">place in the catalogue</option>
            <option value="verdict">verdict, worst first</option>
            <option value="time">time, slowest first</option>
          </select>
        </label>
        <p class="shown" role="status">
          {shown.length} of {run.properties.length} shown
          {filter.area === '' ? '' : `, area ${filter.area}`}
        </p>
        {filtered ? (
          <button type="button" class="plain" onClick={() => change({ verdicts: [], area: '', query: '' })}>
            Show all
          </button>
        ) : null}
      </div>
      {shown.length === 0 ? (
        <p class="muted">{run.properties.length === 0 ? 'No property was judged.' : 'Nothing matches.'}</p>
      ) : null}
      <ul class="rows" data-nav-group>
        {shown.map((property) => (
          <li key={property.id}>
            <a class="row" data-nav href={formatHash({ view: 'property', id: property.id })}>
              <RowVerdict property={property} />
              <span class="row-text">
                <span class="id">{property.id}</span>
                <span class="row-rule">
                  {printable(property.findings[0]?.observed ?? property.reason ?? property.rule)}
                </span>
              </span>
              <span class="row-facts muted">
                <span>{property.level}</span>
                <span>
                  {property.runs === 0 ? 'no input' : `${property.runs} ${property.runs === 1 ? 'input' : 'inputs'}`}
                </span>
                <span>{property.runs === 0 ? '' : describeDuration(property.durationMs)}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The rows that no property stands for: what the rules of all traffic looked at, and for what nothing came by. */
function Watched({ run }: { readonly run: RunRecord }) {
  const rows: readonly PageRow[] = watchedRowsOf(run);
  if (rows.length === 0) return null;
  const unseen = rows.filter(({ verdict }) => verdict === 'not-seen').length;
  return (
    <section aria-labelledby="watched">
      <h2 id="watched">Watched on every call and connection</h2>
      <p class="muted">
        {rows.length - unseen} of {rows.length} rows had something to judge.
      </p>
      {rows.map((row) => (
        <details key={row.row}>
          <summary>
            <span class="id">{printable(row.row)}</span>{' '}
            <span class="muted">
              {row.verdict === 'not-seen' ? 'not seen' : row.verdict}: {describeEvidence(row)}
            </span>
          </summary>
          <dl class="facts wide">
            {watchedFacts(row).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{sentence(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
    </section>
  );
}

function watchedFacts({ level, rule, sends, verdict }: PageRow): readonly (readonly [string, string])[] {
  return [
    ...(rule === undefined ? [] : [['Rule', level === undefined ? rule : `${rule} (${level})`] as const]),
    ...(sends === undefined ? [] : [['Looks at', sends] as const]),
    ...(verdict === 'not-seen'
      ? [
          [
            'Why not seen',
            'In no call and on no connection of this run was there anything that the rule is about: it was neither kept nor broken. More properties, or more of what the target can offer, may bring it about',
          ] as const,
        ]
      : []),
  ];
}

/** The properties that a filter leaves, in its order. */
function select(
  properties: readonly PropertyRecord[],
  { verdicts, area, query, sort }: Filter,
): readonly PropertyRecord[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const matches = (property: PropertyRecord): boolean => {
    const text = [
      property.id,
      property.rule,
      property.area,
      property.level,
      ...property.findings.flatMap(({ summary, reaction }) => [summary, reaction]),
    ]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const left = properties.filter(
    (property) =>
      (verdicts.length === 0 || verdicts.includes(property.verdict)) &&
      (area === '' || property.area === area) &&
      matches(property),
  );
  if (sort === 'verdict')
    return left.toSorted((a, b) => verdictOrder.indexOf(a.verdict) - verdictOrder.indexOf(b.verdict));
  if (sort === 'time') return left.toSorted((a, b) => b.durationMs - a.durationMs);
  return left;
}

function Legend() {
  return (
    <section aria-labelledby="legend">
      <h2 id="legend">What the verdicts mean</h2>
      <dl class="legend">
        {verdictOrder.map((verdict) => (
          <div key={verdict}>
            <dt>
              <Verdict verdict={verdict} />
            </dt>
            <dd>{verdictMeanings[verdict]}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The methods of the target's own services, as the run found them. */
function Methods({ schema }: { readonly schema: NonNullable<RunRecord['target']['schema']> }) {
  const methods = schema.services.flatMap((service) =>
    service.methods.map((method) => ({ ...method, path: `${service.name}/${method.name}` })),
  );
  return (
    <ul class="plain-list">
      <li>
        {methods.length} by {printable(schema.from)}
      </li>
      {methods.map(({ path, kind, allowed, idempotent }) => (
        <li key={path}>
          <code>{printable(path)}</code> ({kind}), {allowed ? 'may be called' : 'not called'}
          {idempotent ? ', may be repeated' : ''}
        </li>
      ))}
      {schema.problems.map((problem) => (
        <li key={problem}>{printable(problem)}</li>
      ))}
    </ul>
  );
}

function About({ run }: { readonly run: RunRecord }) {
  const { header, target } = run;
  const options = Object.entries(header.options).map(([name, value]) => `${name} ${value}`);
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['Command line', <code>{printable(header.commandLine.join(' '))}</code>],
    ...(target.exec === undefined ? [] : [['Target started by', <code>{printable(target.exec)}</code>] as const]),
    ['Round trip', describeDuration(target.roundTripMs)],
    ...(target.tls === undefined
      ? []
      : [
          ['TLS', printable(`${target.tls.version}, ALPN ${target.tls.alpn || 'none'}, ${target.tls.cipher}`)] as const,
        ]),
    ['Inputs', `up to ${header.runs} for each property`],
    ['Options', printable(options.join(', ')) || 'none'],
    [
      'Baseline',
      header.baseline === undefined ? 'none' : `${printable(header.baseline.file)}, ${header.baseline.entries} entries`,
    ],
    ['Target offers', target.offers.join(', ') || 'nothing but HTTP/2'],
    ...(target.schema === undefined ? [] : [['Methods', <Methods schema={target.schema} />] as const]),
    ['Status', run.status === 'complete' ? 'complete' : `incomplete: ${printable(run.reason ?? 'it was cut short')}`],
    ...(run.exitCode === undefined
      ? []
      : [['Exit code', `${run.exitCode}: ${describeExitCode(run.exitCode, run.verdict)}`] as const]),
  ];
  return (
    <section aria-labelledby="about">
      <h2 id="about">About this run</h2>
      <dl class="facts wide">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {run.warnings.length === 0 ? null : (
        <>
          <h3>Warnings</h3>
          <ul class="plain-list">
            {run.warnings.map((warning) => (
              <li key={warning}>{printable(warning)}</li>
            ))}
          </ul>
        </>
      )}
      {run.exits.length === 0 ? null : (
        <>
          <h3>The target's process ended</h3>
          {run.exits.map((exit, index) => (
            <details key={index}>
              <summary>
                {exit.signal === null ? `Exit code ${exit.code ?? 'unknown'}` : `Signal ${printable(exit.signal)}`}
              </summary>
              <pre tabIndex={0}>{printableLines(exit.output).join('\n')}</pre>
            </details>
          ))}
        </>
      )}
    </section>
  );
}
