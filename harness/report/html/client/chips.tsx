import { verdictMeanings, type RunRecord } from '../../model';
import { countVerdicts, verdictOrder } from '../../summary';
import { toggleValue, valuesOf } from '../query';
import type { Filter } from '../listed';
import { replaceRoute } from './route';
import { Verdict } from './verdict';

interface Props {
  readonly run: RunRecord;
  readonly filter: Filter;
  /** After the list shows what was chosen. */
  readonly onChosen?: () => void;
}

/** How many properties have each verdict; each count filters the list. */
export function Chips({ run, filter, onChosen }: Props) {
  const counts = countVerdicts(run.properties);
  const chosen = valuesOf(filter.query, 's');
  return (
    <div class="chips" role="group" aria-label="Show only these verdicts">
      {verdictOrder
        .filter((verdict) => counts[verdict] > 0)
        .map((verdict) => (
          <button
            key={verdict}
            type="button"
            class="chip"
            title={verdictMeanings[verdict]}
            aria-pressed={chosen.includes(verdict)}
            onClick={() => {
              replaceRoute({ view: 'overview', filter: { ...filter, query: toggleValue(filter.query, 's', verdict) } });
              onChosen?.();
            }}
          >
            <Verdict verdict={verdict} /> <span class="number">{counts[verdict]}</span>
          </button>
        ))}
    </div>
  );
}
