import { areaOf, areas } from '../catalogue';
import type { RunEvent } from './events';
import { failureFileName } from './failure-file-name';
import { hashesOf } from './run-hashes';
import { shareCauses } from './share-causes';
import { gates } from './summary';
import { runSchemaVersion, type PropertyRecord, type RunHeader, type RunRecord } from './model';

/**
 * The record of a run after one more event; undefined until the run has started. Pure: the same events give the same record, and a record is the truth
 * so far at any moment (`incomplete`, and never verdict `pass`, until the run has finished).
 */
export function reduceRun(record: RunRecord | undefined, event: RunEvent): RunRecord | undefined {
  if (event.type === 'run-started') return started(event.header);
  if (record === undefined) return undefined;
  switch (event.type) {
    case 'property-finished': {
      const properties = withProperty(record.properties, event.property);
      return soFar({ ...record, properties });
    }
    case 'phase-started': {
      const { phase, properties, milliseconds } = event;
      return { ...record, phases: [...(record.phases ?? []), { phase, properties, startedMs: milliseconds }] };
    }
    case 'warning':
      return { ...record, warnings: [...record.warnings, event.text] };
    case 'target-exited':
      return { ...record, exits: [...record.exits, event.exit] };
    case 'run-finished': {
      // Which findings explain others is known when all are there.
      const properties = shareCauses(record.properties);
      return {
        ...record,
        properties,
        hashes: hashesOf({ ...record, properties }),
        status: event.status,
        reason: event.reason,
        verdict: event.verdict,
        exitCode: event.exitCode,
        ...(event.rows === undefined ? {} : { rows: event.rows }),
        durationMs: event.milliseconds,
      };
    }
    case 'property-started':
    case 'input-judged':
    case 'finding':
    case 'target-restarted':
    case 'estimate':
      return record;
  }
}

function started(header: RunHeader): RunRecord {
  return {
    schemaVersion: runSchemaVersion,
    status: 'incomplete',
    reason: 'the run has not finished',
    verdict: 'error',
    seed: header.seed,
    header,
    target: header.target,
    properties: [],
    warnings: [],
    exits: [],
    durationMs: 0,
  };
}

function soFar(record: RunRecord): RunRecord {
  const strict = record.header.options['strict'] === true;
  return { ...record, verdict: record.properties.some((property) => gates(property, strict)) ? 'fail' : 'error' };
}

/** The last word on a property counts; the order is that of the catalogue, whatever finished first. */
function withProperty(properties: readonly PropertyRecord[], property: PropertyRecord): readonly PropertyRecord[] {
  const named: PropertyRecord = {
    ...property,
    findings: property.findings.map((finding) => ({
      ...finding,
      failureFile: finding.failureFile ?? failureFileName(finding),
    })),
  };
  const others = properties.filter(({ id }) => id !== property.id);
  const after = others.findIndex(({ id }) => compareIds(property.id, id) < 0);
  return after < 0 ? [...others, named] : [...others.slice(0, after), named, ...others.slice(after)];
}

const compareIds = (a: string, b: string): number => areaRank(a) - areaRank(b) || (a < b ? -1 : 1);

const areaOrder = Object.keys(areas);

/** Areas that the catalogue does not have come last. */
function areaRank(id: string): number {
  const rank = areaOrder.indexOf(areaOf(id));
  return rank < 0 ? areaOrder.length : rank;
}
