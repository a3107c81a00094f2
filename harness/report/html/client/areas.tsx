import type { RunRecord } from '../../model';
import { countVerdicts, groupByArea, verdictOrder } from '../../summary';
import { replaceRoute, type Filter } from './route';
import { Bar } from './verdict';

export function Areas({ run, filter }: { readonly run: RunRecord; readonly filter: Filter }) {
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
