import type { RunRecord } from '../../model';
import { printable } from '../../printable';
import { About } from './about';
import { Areas } from './areas';
import { FixFirst, Known } from './causes';
import { Hero } from './hero';
import { Legend } from './legend';
import { Properties } from './property-list';
import type { Filter } from './route';
import { Locked, Lost, Troubles } from './troubles';
import { Watched } from './watched';

interface Props {
  readonly run: RunRecord;
  readonly filter: Filter;
  /** The property that the URL names and the run does not have. */
  readonly unknown: string;
}

export function Overview({ run, filter, unknown }: Props) {
  return (
    <>
      {unknown === '' ? null : <p class="notice">This run has no property {printable(unknown)}.</p>}
      <Hero run={run} />
      <Troubles run={run} />
      <FixFirst run={run} />
      <Lost run={run} />
      <Known run={run} />
      <Locked run={run} />
      <Areas run={run} filter={filter} />
      <Properties run={run} filter={filter} />
      <Watched run={run} />
      <Legend />
      <About run={run} />
    </>
  );
}
