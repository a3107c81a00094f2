import type { ComponentChildren } from 'preact';
import { describeLimit } from '../../describe-limits';
import type { LimitRecord, PropertyVerdict, RunRecord } from '../../model';
import { printable } from '../../printable';
import { countVerdicts, describeDuration, describeVerdict, tierNames, transportNames } from '../../summary';
import { Bar } from './verdict';

export function Hero({ run }: { readonly run: RunRecord }) {
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
