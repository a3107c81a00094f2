import type { PageRun } from '../page-run';
import { printable } from '../../printable';
import { Areas } from './areas';
import { BaselinePanel } from './baseline-panel';
import { FixFirst } from './causes';
import { ChangePanel } from './change-panel';
import { Hero } from './hero';
import { Legend } from './legend';
import { PropertyList } from './property-list';
import type { Reviewed } from './reviewed';
import type { Filter } from '../listed';
import { Locked, Lost, Troubles } from './troubles';

interface Props {
  readonly run: PageRun;
  readonly filter: Filter;
  readonly reviewed: Reviewed;
  /** The property that the URL names and the run does not have. */
  readonly unknown: string;
}

/** The verdict, what to do about it, and the list of all properties. */
export function Overview({ run, filter, reviewed, unknown }: Props) {
  return (
    <>
      {unknown === '' ? null : <p class="notice">This run has no property {printable(unknown)}.</p>}
      <Hero run={run} filter={filter} />
      <Troubles run={run} />
      <FixFirst run={run} />
      <Lost run={run} />
      <ChangePanel run={run} />
      <BaselinePanel run={run} />
      <Locked run={run} />
      <Areas run={run} filter={filter} />
      <PropertyList run={run} filter={filter} reviewed={reviewed} />
      <Legend />
    </>
  );
}
