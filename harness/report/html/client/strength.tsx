import type { Schema } from '../../../schema/schema';
import type { PropertyRecord } from '../../model';
import { printable } from '../../printable';
import type { Route } from './route';
import { SampleView } from './sample-view';

interface Props {
  readonly property: PropertyRecord;
  /** Types of the messages of the sample. */
  readonly schema: Schema | undefined;
  /** Present when the URL names a packet of the sample. */
  readonly route: Extract<Route, { view: 'property' }> | undefined;
}

/** What a verdict rests on: the classes of inputs that were judged, which of the accepted answers came, free choices, and one input with its packets. */
export function Strength({ property, schema, route }: Props) {
  // Classes stand in the order in which the property names them, then the axes; one that no input was of is there with 0.
  const labels = Object.entries(property.labels ?? {});
  const reactions = Object.entries(property.reactions ?? {}).sort(([, a], [, b]) => b - a);
  const answers = Object.entries(property.answers ?? {}).sort(([, a], [, b]) => b - a);
  return (
    <>
      <Tally id="tried" title="What was tried" of="Inputs that are" counts={labels} />
      <Tally id="answers" title="Which of the right answers came" of="Answer" counts={answers} />
      <Tally id="reactions" title="Reactions seen" of="Reaction" counts={reactions} />
      <SampleView property={property} schema={schema} route={route} />
    </>
  );
}

interface TallyProps {
  readonly id: string;
  readonly title: string;
  /** What the names of the first column are. */
  readonly of: string;
  readonly counts: readonly (readonly [string, number])[];
}

/** How many inputs there were of each kind, with a bar each; nothing where there is no kind. */
function Tally({ id, title, of, counts }: TallyProps) {
  if (counts.length === 0) return null;
  const most = Math.max(1, ...counts.map(([, count]) => count));
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <table class="tally">
        <thead>
          <tr>
            <th scope="col">{of}</th>
            <th scope="col" class="number">
              Inputs
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {counts.map(([name, count]) => (
            <tr key={name}>
              <th scope="row">{printable(name)}</th>
              <td class="number">{count}</td>
              <td class="meter">{count > 0 && <span class="fill" style={{ width: `${(100 * count) / most}%` }} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
