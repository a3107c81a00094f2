import { verdictMeanings } from '../../model';
import { verdictOrder } from '../../summary';
import { Verdict } from './verdict';

export function Legend() {
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
