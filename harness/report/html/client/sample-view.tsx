import { useMemo } from 'preact/hooks';
import type { Schema } from '../../../schema/schema';
import type { PropertyRecord } from '../../model';
import { readStory } from '../../packet-story';
import { printable, printableLines } from '../../printable';
import { Packets } from './packets';
import type { Route } from './route';

interface Props {
  readonly property: PropertyRecord;
  readonly schema: Schema | undefined;
  readonly route: Extract<Route, { view: 'property' }> | undefined;
}

/** One input that broke nothing, with its script and its packets. */
export function SampleView({ property, schema, route }: Props) {
  const { sample } = property;
  const story = useMemo(() => sample && readStory(sample.transcript), [sample]);
  if (sample === undefined || story === undefined) return null;
  return (
    <section class="sample" aria-labelledby="sample">
      <h2 id="sample">One of the inputs</h2>
      <p class="muted">It broke nothing. This is what was played, and what came back.</p>
      <h3>Script</h3>
      <ol class="script">
        {sample.script.map((line, index) => (
          <li key={index}>{printable(line)}</li>
        ))}
      </ol>
      <h3>Packets</h3>
      <Packets id={property.id} story={story} schema={schema} number={0} route={route} />
      {sample.input === undefined ? null : (
        <details>
          <summary>Input as generated</summary>
          <pre tabIndex={0}>{printableLines(JSON.stringify(sample.input, undefined, 2)).join('\n')}</pre>
        </details>
      )}
    </section>
  );
}
