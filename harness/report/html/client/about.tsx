import type { ComponentChildren } from 'preact';
import type { RunRecord } from '../../model';
import { printable, printableLines } from '../../printable';
import { describeDuration, describeExitCode } from '../../summary';

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

export function About({ run }: { readonly run: RunRecord }) {
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
