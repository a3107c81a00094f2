import { areas } from '../catalogue';
import { describeKnown } from './describe-known';
import { describeTargetName } from './describe-target';
import { blockedText, describeMildness, findingVerdict, propertyVerdict } from './finding-words';
import type { FindingRecord, PropertyRecord, RunRecord } from './model';
import { printable, printableLines } from './printable';
import { watchedRowsOf } from './row-words';
import { replayCommand } from './replay-command';
import { blockerOf, countVerdicts, describeVerdict, gates, groupByArea, isStrict, transportNames } from './summary';
import { escapeXml } from './xml';

/**
 * The run as JUnit XML: a test suite per area, a test case per property. `<failure>` is what gates, `<error>` what we could not judge, `<skipped>` what
 * did not run, could not be judged because of another finding, or is known; other warnings pass and are told in the suite's output. Valid against the schema
 * of Jenkins' xUnit plugin and, but for the totals on the root that dashboards look for, that of Ant (Windy Road); hence the empty elements.
 */
export function formatJunit(run: RunRecord): string {
  const strict = isStrict(run);
  const suites = [...groupByArea(run.properties)].map(([area, properties], index) =>
    testSuite(run, area, properties, index, strict),
  );
  // A run that was cut short, or judged nothing, must not look like a success to a dashboard that only counts failures.
  if (run.status === 'incomplete' || run.properties.length === 0) suites.push(runSuite(run, suites.length));
  const total = (part: 'tests' | 'failures' | 'errors' | 'skipped'): string =>
    String(suites.reduce((sum, suite) => sum + suite[part], 0));
  const totals = {
    name: run.header.tool.name,
    tests: total('tests'),
    failures: total('failures'),
    errors: total('errors'),
    skipped: total('skipped'),
    time: seconds(run.durationMs),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${formatAttributes(totals)}>`,
    ...suites.map((suite) => suiteElement(run, suite)),
    '</testsuites>',
    '',
  ].join('\n');
}

function testSuite(
  run: RunRecord,
  area: string,
  properties: readonly PropertyRecord[],
  id: number,
  strict: boolean,
): SuiteParts {
  const counts = countVerdicts(properties);
  return {
    name: areas[area] ?? area,
    id,
    tests: properties.length,
    failures: properties.filter((property) => gates(property, strict)).length,
    errors: counts.error,
    skipped: counts.untestable + counts.blocked + counts['not-run'] + counts.skipped + counts.known,
    milliseconds: properties.reduce((sum, { durationMs }) => sum + durationMs, 0),
    cases: properties.map((property) => testCase(run, property, strict)),
    output: properties.flatMap((property) => (gates(property, strict) ? [] : remarks(property))).join('\n'),
  };
}

function runSuite(run: RunRecord, id: number): SuiteParts {
  const text = describeVerdict(run);
  return {
    name: 'run',
    id,
    tests: 1,
    failures: 0,
    errors: 1,
    skipped: 0,
    milliseconds: run.durationMs,
    cases: [
      caseElement('run', 'run-complete', run.durationMs, element('error', { message: text, type: 'incomplete' }, text)),
    ],
    output: '',
  };
}

interface SuiteParts {
  readonly name: string;
  readonly id: number;
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  readonly milliseconds: number;
  readonly cases: readonly string[];
  readonly output: string;
}

function suiteElement(run: RunRecord, parts: SuiteParts): string {
  const { header, target } = run;
  const facts: readonly (readonly [string, string])[] = [
    ['tool', `${header.tool.name} ${header.tool.version}`],
    ['target', describeTargetName(target)],
    ['transport', transportNames[target.transport]],
    ['server', target.identification],
    ['tier', String(target.tier)],
    ['seed', String(run.seed)],
    ['status', run.status],
    ['verdict', run.verdict],
    ...unseenFact(run),
  ];
  const attributes = {
    name: parts.name || 'unnamed',
    package: header.tool.name,
    id: String(parts.id),
    // The schema wants a time without zone; it is UTC.
    timestamp: timestamp(header.startedAt),
    hostname: 'localhost',
    tests: String(parts.tests),
    failures: String(parts.failures),
    errors: String(parts.errors),
    skipped: String(parts.skipped),
    time: seconds(parts.milliseconds),
  };
  return [
    `<testsuite${formatAttributes(attributes)}>`,
    '<properties>',
    ...facts.map(([name, value]) => element('property', { name, value })),
    '</properties>',
    ...parts.cases,
    element('system-out', {}, parts.output),
    element('system-err', {}, ''),
    '</testsuite>',
  ].join('\n');
}

/** Rows that are watched on all traffic and had nothing to judge: no test case says so. */
function unseenFact(run: RunRecord): readonly (readonly [string, string])[] {
  const unseen = watchedRowsOf(run).filter(({ verdict }) => verdict === 'not-seen');
  return unseen.length === 0 ? [] : [['not seen', unseen.map(({ row }) => row).join(', ')]];
}

function testCase(run: RunRecord, property: PropertyRecord, strict: boolean): string {
  return caseElement(property.area, property.id, property.durationMs, outcome(run, property, strict));
}

function caseElement(area: string, name: string, milliseconds: number, content: string): string {
  const attributes = formatAttributes({ name, classname: `grpc-conform.${area}`, time: seconds(milliseconds) });
  return content === '' ? `<testcase${attributes}/>` : `<testcase${attributes}>\n${content}\n</testcase>`;
}

function outcome(run: RunRecord, property: PropertyRecord, strict: boolean): string {
  const { verdict, reason = '', unlock } = property;
  if (gates(property, strict)) {
    const [first] = property.findings;
    const type = first?.mark ?? (verdict === 'stale' || verdict === 'lost' ? verdict : property.level);
    const blocked = first === undefined || blockedText(first) === '' ? '' : ` (${blockedText(first)})`;
    return element('failure', { message: `${first?.summary ?? reason}${blocked}`, type }, details(run, property));
  }
  if (verdict === 'error') {
    const text = property.findings[0]?.summary ?? reason;
    return element('error', { message: text, type: 'not-judged' }, details(run, property));
  }
  if (verdict === 'blocked') {
    const blocker = blockerOf(run, property.id);
    const by = blocker === undefined ? '' : `counted with ${blocker.property.id}: ${blocker.finding.summary}`;
    return element('skipped', { message: `blocked: ${[reason, by].filter((part) => part !== '').join('; ')}` });
  }
  if (verdict === 'untestable' || verdict === 'skipped' || verdict === 'not-run') {
    const how = unlock === undefined ? '' : `; to unlock it, ${unlock}`;
    return element('skipped', { message: `${verdict}: ${reason}${how}` });
  }
  if (verdict === 'known') {
    const known = property.findings.find((finding) => finding.known !== undefined)?.known;
    const why = known === undefined ? reason : describeKnown(known);
    const link = known?.link === undefined ? '' : ` (${known.link})`;
    return element('skipped', { message: `${propertyVerdict(property)}: ${why}${link}` });
  }
  return '';
}

function details(run: RunRecord, property: PropertyRecord): string {
  const sources = property.sources.map(({ document, section, url }) => `${document} ${section} ${url}`.trim());
  return [
    `${property.level.toUpperCase()}: ${property.rule}`,
    ...sources,
    ...(property.reason === undefined ? [] : [property.reason]),
    ...property.findings.flatMap((finding) => ['', ...describeFinding(run, property, finding)]),
  ].join('\n');
}

function describeFinding(run: RunRecord, { accepts }: PropertyRecord, finding: FindingRecord): readonly string[] {
  const { confirmed, process, printed = [], failureFile, blocks = [] } = finding;
  const mildness = describeMildness(finding, accepts);
  return [
    `${findingVerdict(finding)}: ${finding.summary}`,
    `sent:      ${finding.sent}`,
    `observed:  ${finding.observed}`,
    `expected:  ${finding.expected}`,
    ...(mildness === undefined ? [] : [`warning:   ${mildness}`]),
    `confirmed: ${confirmed.failed} of ${confirmed.of}; hurt: the ${finding.radius}`,
    ...(blocks.length === 0 ? [] : [`blocks:    ${blocks.join(', ')}`]),
    'script:',
    ...finding.script.map((line) => `  ${line}`),
    ...(printed.length === 0
      ? []
      : [
          'the process printed meanwhile, by milliseconds:',
          ...printed.map(({ after, output }) => `  ${after.toFixed(2)}  ${printable(output)}`),
        ]),
    ...(process === undefined
      ? []
      : ['last output of the process:', ...printableLines(process.output).map((line) => `  ${line}`)]),
    ...(failureFile === undefined
      ? []
      : [`failure file: ${failureFile}`, `beside this file: ${replayCommand(run, failureFile)}`]),
  ];
}

function remarks(property: PropertyRecord): readonly string[] {
  return property.findings.map(
    (finding) =>
      `${findingVerdict(finding)} ${property.id} (${finding.confirmed.failed} of ${finding.confirmed.of}): ${printableLines(finding.summary).join(' ')}`,
  );
}

function element(name: string, attributes: Readonly<Record<string, string>>, content?: string): string {
  const head = `<${name}${formatAttributes(attributes)}`;
  return content === undefined || content === '' ? `${head}/>` : `${head}>${escapeXml(content, 'content')}</${name}>`;
}

function formatAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(value, 'attribute')}"`)
    .join('');
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

function timestamp(startedAt: string): string {
  const time = new Date(startedAt);
  return (Number.isNaN(time.getTime()) ? new Date(0) : time).toISOString().slice(0, 19);
}
