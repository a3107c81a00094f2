import { brokenByLevel } from '../../broken-by-level';
import { describeLimit } from '../../describe-limits';
import type { PropertyVerdict, RunRecord } from '../../model';
import { printable } from '../../printable';
import { countVerdicts, describeDuration, describeVerdict, tierNames, transportNames } from '../../summary';
import { Chips } from './chips';
import { Facts, type Fact } from './facts';
import { showList } from './property-list';
import type { Filter } from '../listed';
import { hashOf } from './route';
import { Bar } from './verdict';

/** The verdict, and how many there are of each kind. */
export function Hero({ run, filter }: { readonly run: RunRecord; readonly filter: Filter }) {
  const { target, header } = run;
  const { limits = [] } = target;
  const [word = '', rest = ''] = describeVerdict(run).split(/: (.*)/s);
  const facts: readonly Fact[] = [
    ['Target', printable(target.name)],
    ...(target.identification === '' ? [] : [['Server', printable(target.identification)] as const]),
    ['Transport', transportNames[target.transport]],
    ['Tier', `${target.tier}: ${tierNames[target.tier]}`],
    ['Seed', <code>{run.seed}</code>],
    ['Took', describeWork(run)],
    [
      'Started',
      <time dateTime={header.startedAt}>
        {printable(header.startedAt)
          .replace('T', ' ')
          .replace(/\..*Z$/, ' UTC')}
      </time>,
    ],
  ];
  const kind: PropertyVerdict = run.status === 'incomplete' && run.verdict !== 'fail' ? 'error' : run.verdict;
  return (
    <section class={`hero h-${kind}`} aria-labelledby="verdict">
      <h1 id="verdict" tabIndex={-1}>
        {word}
      </h1>
      <p class="lead">{printable(rest)}</p>
      {run.properties.length === 0 ? null : (
        <>
          <Levels run={run} />
          <Bar counts={countVerdicts(run.properties)} />
          <Chips run={run} filter={filter} onChosen={showList} />
        </>
      )}
      <Facts facts={facts} />
      {limits.length === 0 ? null : (
        <Facts
          kind="wide"
          facts={[
            [
              'Limits',
              // What the target lets a client ask of it, and where that was read.
              <ul class="inline-list limits">
                {limits.map((limit) => (
                  <li key={limit.name}>
                    {printable(describeLimit(limit))} <span class="muted">({printable(limit.from)})</span>
                  </li>
                ))}
              </ul>,
            ],
          ]}
        />
      )}
    </section>
  );
}

/** What of it is a MUST, and how far the worst of it reaches. */
function Levels({ run }: { readonly run: RunRecord }) {
  const { must, should, worst } = brokenByLevel(run);
  return (
    <Facts
      kind="levels"
      facts={[
        ['MUST', must],
        ['SHOULD and conventions', should],
        ...(worst === undefined
          ? []
          : [
              [
                'At worst',
                <>
                  {worst.text}, <a href={hashOf(worst)}>{worst.property.id}</a>
                </>,
              ] as const,
            ]),
      ]}
    />
  );
}

/** `61 s: 1,520 inputs for 17 of 20 properties`. */
function describeWork({ properties, durationMs }: RunRecord): string {
  const played = properties.filter(({ runs }) => runs > 0).length;
  const inputs = properties.reduce((sum, { runs }) => sum + runs, 0).toLocaleString('en-US');
  const of = played === properties.length ? String(played) : `${played} of ${properties.length}`;
  const took = durationMs === 0 ? '' : `${describeDuration(durationMs)}: `;
  return `${took}${inputs} inputs for ${of} ${properties.length === 1 ? 'property' : 'properties'}`;
}
