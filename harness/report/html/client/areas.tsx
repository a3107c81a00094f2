import { areaOf } from '../../../catalogue/parts-of-id';
import type { RunRecord } from '../../model';
import { countVerdicts, describeDuration, groupByArea, verdictOrder } from '../../summary';
import { toggleValue, valuesOf } from '../query';
import type { Filter } from '../listed';
import { replaceRoute } from './route';
import { Bar } from './verdict';

/** How each area of the catalogue fared; a tile filters the list below. */
export function Areas({ run, filter }: { readonly run: RunRecord; readonly filter: Filter }) {
  if (run.properties.length === 0) return null;
  const chosen = valuesOf(filter.query, 'a');
  return (
    <section aria-labelledby="areas">
      <h2 id="areas">Areas</h2>
      <ul class="tiles">
        {[...groupByArea(run.properties)].map(([area, properties]) => {
          const counts = countVerdicts(properties);
          const prefix = areaOf(properties[0]?.id ?? area);
          const isChosen = chosen.includes(prefix.toLowerCase());
          return (
            <li key={area}>
              <button
                type="button"
                class="tile"
                aria-pressed={isChosen}
                onClick={() =>
                  replaceRoute({
                    view: 'overview',
                    filter: { ...filter, query: toggleValue(filter.query, 'a', prefix) },
                  })
                }
              >
                <span class="tile-name">{area}</span>
                <Bar counts={counts} />
                <span class="tile-counts">
                  {verdictOrder
                    .filter((verdict) => counts[verdict] > 0)
                    .map((verdict) => `${counts[verdict]} ${verdict}`)
                    .join(', ')}
                </span>
                <span class="tile-counts">{describeTime(properties)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function describeTime(properties: RunRecord['properties']): string {
  const milliseconds = properties.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return milliseconds === 0 ? '' : describeDuration(milliseconds);
}
