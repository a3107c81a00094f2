import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { describeKnown } from '../../describe-known';
import { describeFindingAsMarkdown } from '../../finding-markdown';
import { describeMildness } from '../../finding-words';
import type { AttemptRecord, FindingRecord, PropertyRecord, RunRecord } from '../../model';
import type { PageRun } from '../page-run';
import { printable, printableLines, sentence } from '../../printable';
import { describeFindingForAssistant, sentencesOf } from '../../finding-prompt';
import { readStory } from '../../packet-story';
import { relativesOf } from '../../summary';
import { CopyButton } from './copy-button';
import { extrasOf } from './extras';
import { FirstFound } from './first-found';
import { Packets } from './packets';
import { Reproduce } from './reproduce';
import { formatHash, type Route } from './route';
import { FindingVerdict } from './verdict';

interface Props {
  readonly run: PageRun;
  readonly property: PropertyRecord;
  readonly finding: FindingRecord;
  readonly number: number;
  /** Present when the URL names this finding. */
  readonly route: Extract<Route, { view: 'property' }> | undefined;
}

export function Finding({ run, property, finding, number, route }: Props) {
  const heading = `finding-${number}`;
  const place = useRef<HTMLElement>(null);
  // A packet of it that was chosen is on the screen already.
  const chosen = route !== undefined && route.packet === undefined;
  useEffect(() => {
    if (chosen) place.current?.scrollIntoView({ block: 'start' });
  }, [chosen]);
  const story = useMemo(() => readStory(finding.transcript), [finding]);
  const { messageTypes } = extrasOf(run);
  return (
    <article class={`finding f-${finding.verdict}`} aria-labelledby={heading} ref={place}>
      <header>
        <h2 id={heading}>
          <a href={formatHash({ view: 'property', id: property.id, finding: number })}>
            Finding {number}
            <span class="sr">: {printable(finding.summary)}</span>
          </a>
        </h2>
        <FindingVerdict finding={finding} />
        <span class="reaction">{printable(finding.reaction)}</span>
        <span class="copies">
          <CopyButton label="Copy as issue" text={() => describeFindingAsMarkdown(run, property, finding)} />
          <CopyButton
            label="Copy for an assistant"
            text={() => describeFindingForAssistant(run, property, finding, sentencesOf(run.sentences, finding.rule))}
          />
        </span>
      </header>
      <p class="lead">{sentence(finding.summary)}</p>
      <dl class="story">
        <div>
          <dt>Sent</dt>
          <dd>{printable(finding.sent)}</dd>
        </div>
        <div class="observed">
          <dt>Observed</dt>
          <dd>{printable(finding.observed)}</dd>
        </div>
        <div class="expected">
          <dt>Expected</dt>
          <dd>{printable(finding.expected)}</dd>
        </div>
      </dl>
      <dl class="facts wide">
        {facts(run, property, finding).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h3>Minimal script</h3>
      <ol class="script">
        {finding.script.map((line, index) => (
          <li key={index}>{printable(line)}</li>
        ))}
      </ol>
      <FirstFound finding={finding} />
      <h3>Packets</h3>
      <Packets id={property.id} finding={finding} story={story} schema={messageTypes} number={number} route={route} />
      <Reproduce run={run} finding={finding} story={story} />
      {finding.process === undefined ? null : (
        <>
          <h3>
            The process ended{' '}
            {finding.process.signal === null
              ? `with exit code ${finding.process.code ?? 'unknown'}`
              : `with signal ${printable(finding.process.signal)}`}
          </h3>
          <pre class="output" tabIndex={0}>
            {printableLines(finding.process.output).join('\n')}
          </pre>
        </>
      )}
      <details>
        <summary>Input as generated</summary>
        <pre tabIndex={0}>{printableLines(JSON.stringify(finding.input, undefined, 2)).join('\n')}</pre>
        <p class="muted">
          Seed {finding.seed}, path <code>{printable(finding.path)}</code>
        </p>
      </details>
    </article>
  );
}

function facts(
  run: RunRecord,
  property: PropertyRecord,
  finding: FindingRecord,
): readonly (readonly [string, ComponentChildren])[] {
  const { confirmed, radius, inputsTried, shrinks, provokedBy, alsoSeenIn, secondOpinion, known } = finding;
  const mildness = describeMildness(finding, property.accepts);
  return [
    [
      'Confirmed',
      <>
        <span class="strip" aria-hidden="true">
          {'●'.repeat(confirmed.failed)}
          {'○'.repeat(Math.max(0, confirmed.of - confirmed.failed))}
        </span>{' '}
        failed in {confirmed.failed} of {confirmed.of} runs
        <Attempts attempts={finding.attempts ?? []} />
      </>,
    ],
    ['Blast radius', `the ${radius}`],
    ...(mildness === undefined ? [] : [['Why a warning', printable(mildness)] as const]),
    [
      'Found after',
      `${inputsTried} ${inputsTried === 1 ? 'input' : 'inputs'}, then made smaller ${shrinks} ${shrinks === 1 ? 'time' : 'times'}`,
    ],
    ...rowList(run, 'Rows with it', finding.blocks ?? [], 'could not be judged because of this'),
    ...rowList(
      run,
      'One cause with',
      relativesOf(run, finding).map((other) => other.property.id),
      'the same reaction to the same kind of request',
    ),
    ...(provokedBy === undefined ? [] : [['Provoked by', <PropertyLink run={run} id={provokedBy} />] as const]),
    ...(alsoSeenIn.length === 0
      ? []
      : [
          [
            'Also seen in',
            <ul class="inline-list">
              {alsoSeenIn.map((id) => (
                <li key={id}>
                  <PropertyLink run={run} id={id} />
                </li>
              ))}
            </ul>,
          ] as const,
        ]),
    ...(secondOpinion === undefined
      ? []
      : [
          [
            'Second opinion',
            printable(
              `${secondOpinion.clients.join(', ')} ${secondOpinion.agrees ? 'agree' : 'disagree'}: ${secondOpinion.text}`,
            ),
          ] as const,
        ]),
    ...(known === undefined
      ? []
      : [
          [
            'Known',
            <>
              {printable(describeKnown(known))}{' '}
              {known.link !== undefined && /^https?:\/\//.test(known.link) ? (
                <a href={known.link} rel="noreferrer">
                  {printable(known.link)}
                </a>
              ) : (
                printable(known.link ?? '')
              )}
            </>,
          ] as const,
        ]),
  ];
}

/** How each confirming run ended, and how long it took. */
function Attempts({ attempts }: { readonly attempts: readonly AttemptRecord[] }) {
  if (attempts.length === 0) return null;
  return (
    <ol class="attempts">
      {attempts.map(({ reaction, milliseconds }, index) => (
        <li key={index}>
          <span aria-hidden="true">{reaction === undefined ? '○' : '●'}</span>{' '}
          {reaction === undefined ? 'the rule held' : printable(reaction)}{' '}
          <span class="muted">{milliseconds.toLocaleString('en-US')} ms</span>
        </li>
      ))}
    </ol>
  );
}

/** A fact that lists rows; none when there are none. */
function rowList(
  run: RunRecord,
  name: string,
  ids: readonly string[],
  why: string,
): readonly (readonly [string, ComponentChildren])[] {
  if (ids.length === 0) return [];
  return [
    [
      name,
      <>
        {ids.length} {ids.length === 1 ? 'row' : 'rows'}: {why}
        <span class="chain">
          {ids.map((id) => (
            <PropertyLink key={id} run={run} id={id} />
          ))}
        </span>
      </>,
    ],
  ];
}

function PropertyLink({ run, id }: { readonly run: RunRecord; readonly id: string }) {
  return run.properties.some((property) => property.id === id) ? (
    <a href={formatHash({ view: 'property', id })}>{id}</a>
  ) : (
    <>{printable(id)}</>
  );
}
