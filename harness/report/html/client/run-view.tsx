import type { ComponentChildren } from 'preact';
import { phaseMeanings, type RunRecord } from '../../model';
import { printable, printableLines, sentence } from '../../printable';
import { describeDuration, describeExitCode, waitingShare } from '../../summary';
import { Facts, type Fact } from './facts';
import { formatHash } from './route';
import { ShowMore } from './show-more';

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

/** How the run was made, what took its time, and what else happened in it. */
export function RunView({ run }: { readonly run: RunRecord }) {
  return (
    <>
      <h1 tabIndex={-1}>The run</h1>
      <Facts kind="wide" facts={describeRun(run)} />
      <Options run={run} />
      <Phases run={run} />
      <Timings run={run} />
      {run.target.schema === undefined ? null : (
        <section aria-labelledby="methods">
          <h2 id="methods">Methods</h2>
          <Methods schema={run.target.schema} />
        </section>
      )}
      {run.warnings.length === 0 ? null : (
        <section aria-labelledby="warnings">
          <h2 id="warnings">Warnings</h2>
          <ul class="plain-list">
            {run.warnings.map((warning, index) => (
              <li key={index}>{sentence(warning)}</li>
            ))}
          </ul>
        </section>
      )}
      <Exits run={run} />
    </>
  );
}

function describeRun(run: RunRecord): readonly Fact[] {
  const { header, target, exitCode } = run;
  const share = waitingShare(run);
  return [
    ['Command line', <code>{printable(header.commandLine.join(' '))}</code>],
    ...(target.exec === undefined ? [] : [['Target started by', <code>{printable(target.exec)}</code>] as const]),
    ['Tool', `${header.tool.name} ${header.tool.version}`],
    ['Started', printable(header.startedAt)],
    [
      'Took',
      `${describeDuration(run.durationMs)}${share === undefined ? '' : `; its plays waited by the clock for ${Math.round(share * 100)} % of their time`}`,
    ],
    ['Status', run.status === 'complete' ? 'complete' : `incomplete: ${printable(run.reason ?? 'it was cut short')}`],
    ...(exitCode === undefined
      ? []
      : [['Exit code', `${exitCode}: ${describeExitCode(exitCode, run.verdict)}`] as const]),
    ['Seed', <code>{run.seed}</code>],
    ['Inputs', `up to ${header.runs} for each property`],
    ...(run.hashes === undefined
      ? []
      : [
          [
            'Hashes',
            <span>
              <code>{printable(run.hashes.asked)}</code> of what was asked (rows, options, version),{' '}
              <code>{printable(run.hashes.found)}</code> of what was found (verdicts and reactions, row by row)
            </span>,
          ] as const,
        ]),
    ['Round trip', describeDuration(target.roundTripMs)],
    ...(target.tls === undefined
      ? []
      : [
          ['TLS', printable(`${target.tls.version}, ALPN ${target.tls.alpn || 'none'}, ${target.tls.cipher}`)] as const,
        ]),
    ['Target offers', printable(target.offers.join(', ')) || 'nothing but HTTP/2'],
    [
      'Baseline',
      header.baseline === undefined ? 'none' : `${printable(header.baseline.file)}, ${header.baseline.entries} entries`,
    ],
  ];
}

/** What was in force, and where the user said so. */
function Options({ run: { header } }: { readonly run: RunRecord }) {
  const options = Object.entries(header.options);
  const given = Object.entries(header.given ?? {});
  if (options.length + given.length === 0) return null;
  return (
    <section aria-labelledby="options">
      <h2 id="options">Options</h2>
      <div class="two">
        {given.length === 0 ? null : (
          <table class="tally">
            <thead>
              <tr>
                <th scope="col">What was said</th>
                <th scope="col">Where</th>
              </tr>
            </thead>
            <tbody>
              {given.map(([name, where]) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{printable(name)}</code>
                  </th>
                  <td>{printable(where)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <table class="tally">
          <thead>
            <tr>
              <th scope="col">What was in force</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {options.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{printable(name)}</th>
                <td>{name.endsWith('Ms') ? describeDuration(Number(value)) : printable(String(value))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** A table whose rows end in numbers and a bar. */
function BarTable(props: {
  readonly first: string;
  readonly numbers: readonly string[];
  readonly children: ComponentChildren;
}) {
  return (
    <table class="tally timings">
      <thead>
        <tr>
          <th scope="col">{props.first}</th>
          {props.numbers.map((name) => (
            <th key={name} scope="col" class="number">
              {name}
            </th>
          ))}
          <td />
        </tr>
      </thead>
      <tbody>{props.children}</tbody>
    </table>
  );
}

/** What the run did one after the other, each where it lies in the whole time. */
function Phases({ run: { phases = [], durationMs } }: { readonly run: RunRecord }) {
  if (phases.length === 0 || durationMs === 0) return null;
  const part = (milliseconds: number): string => `${(100 * milliseconds) / durationMs}%`;
  return (
    <section aria-labelledby="phases">
      <h2 id="phases">Phases</h2>
      <BarTable first="What was done" numbers={['Rows', 'Time']}>
        {phases.map(({ phase, properties, startedMs }, index) => {
          const took = (phases[index + 1]?.startedMs ?? durationMs) - startedMs;
          return (
            <tr key={phase}>
              <th scope="row">{phaseMeanings[phase]}</th>
              <td class="number">{properties}</td>
              <td class="number">{describeDuration(took)}</td>
              <td class="meter">
                <span class="fill" style={{ width: part(took), marginLeft: part(startedMs) }} />
              </td>
            </tr>
          );
        })}
      </BarTable>
    </section>
  );
}

/** What took the time of the run: the properties that took most, with the part in which they only waited. */
function Timings({ run: { properties } }: { readonly run: RunRecord }) {
  const slowest = properties.filter(({ durationMs }) => durationMs > 0).toSorted((a, b) => b.durationMs - a.durationMs);
  const longest = slowest[0]?.durationMs ?? 0;
  if (longest === 0) return null;
  return (
    <section aria-labelledby="timings">
      <h2 id="timings">What took the time</h2>
      <p class="muted">
        From the first input of a property to its last; others were under way meanwhile. The striped part is the share
        of its plays that waited by the clock.
      </p>
      <ShowMore all={slowest} first={15}>
        {(shown) => (
          <BarTable first="Property" numbers={['Inputs', 'Time', 'Waited']}>
            {shown.map((property) => {
              const waited = waitingShare({ properties: [property] }) ?? 0;
              return (
                <tr key={property.id}>
                  <th scope="row">
                    <a class="id" href={formatHash({ view: 'property', id: property.id })}>
                      {property.id}
                    </a>
                  </th>
                  <td class="number">{property.runs}</td>
                  <td class="number">{describeDuration(property.durationMs)}</td>
                  <td class="number">{Math.round(waited * 100)} %</td>
                  <td class="meter">
                    <span class="fill split" style={{ width: `${(100 * property.durationMs) / longest}%` }}>
                      <span class="waited" style={{ width: `${100 * waited}%` }} />
                    </span>
                  </td>
                </tr>
              );
            })}
          </BarTable>
        )}
      </ShowMore>
    </section>
  );
}

/** The last words of the target's process, each time that it ended. */
function Exits({ run: { exits } }: { readonly run: RunRecord }) {
  if (exits.length === 0) return null;
  return (
    <section aria-labelledby="exits">
      <h2 id="exits">The target's process ended</h2>
      {exits.map((exit, index) => (
        <details key={index}>
          <summary>
            {exit.signal === null ? `Exit code ${exit.code ?? 'unknown'}` : `Signal ${printable(exit.signal)}`}
          </summary>
          <pre tabIndex={0}>{printableLines(exit.output).join('\n')}</pre>
        </details>
      ))}
    </section>
  );
}
