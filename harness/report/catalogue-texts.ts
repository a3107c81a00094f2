import { areaOf, isRowId, requirementOf } from '../catalogue';
import type { FindingRecord, PropertyRecord, RunRecord } from './model';

/** A run without what the catalogue says of its rows and what stands in it twice: what is read again with {@link addCatalogueTexts}. */
export function dropCatalogueTexts(run: RunRecord): object {
  const { target: _twice, ...header } = run.header;
  return { ...run, header, properties: run.properties.map(dropFromProperty) };
}

function dropFromProperty(property: PropertyRecord): object {
  if (!isRowId(property.id)) return property;
  const { area: _area, level: _level, rule: _rule, sources: _sources, generates, accepts, ...own } = property;
  return {
    ...own,
    // Of the property, which the catalogue does not have; empty where nobody kept it.
    ...(generates === '' ? {} : { generates }),
    ...(accepts.length === 0 ? {} : { accepts }),
    findings: property.findings.map(dropFromFinding),
  };
}

function dropFromFinding(finding: FindingRecord): object {
  if (!isRowId(finding.rule)) return finding;
  const { level: _level, ...own } = finding;
  return own;
}

/**
 * The value of a run.json with the texts that it leaves to the catalogue: those of rows that it names. What is there stays as it is, in runs of older versions
 * too, and what is no run stays what it is.
 */
export function addCatalogueTexts(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { header, target, properties } = value;
  return {
    ...value,
    ...(isRecord(header) && target !== undefined ? { header: { target, ...header } } : {}),
    ...(Array.isArray(properties) ? { properties: properties.map(addToProperty) } : {}),
  };
}

function addToProperty(property: unknown): unknown {
  if (!isRecord(property)) return property;
  const { id, findings } = property;
  if (typeof id !== 'string' || !isRowId(id)) return property;
  return {
    area: areaOf(id),
    ...requirementOf(id),
    generates: '',
    accepts: [],
    ...property,
    ...(Array.isArray(findings) ? { findings: findings.map(addToFinding) } : {}),
  };
}

function addToFinding(finding: unknown): unknown {
  if (!isRecord(finding)) return finding;
  const { rule } = finding;
  return typeof rule === 'string' && isRowId(rule) ? { level: requirementOf(rule).level, ...finding } : finding;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
