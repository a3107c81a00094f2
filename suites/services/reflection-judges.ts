import {
  callBreach,
  healthService,
  isOk,
  listBriefly,
  quoted,
  readFileSymbols,
  reflectionService,
  reflectionVersions,
  status,
  testService,
  type AnyReflectionQuestion,
  type Breach,
  type Call,
  type FileSymbols,
  type Observation,
  type TargetFacts,
} from '../../harness';
import { describeAnswerTo, readAnswers, type Answer } from './reflection-talk';

const services = { ask: 'services' } as const;

/** One list for each question, the same each time, with what is served. */
export function judgeLists(call: Call, lists: number, { offers }: TargetFacts): readonly Breach[] {
  const questions = Array.from({ length: lists }, () => services);
  const { answers, breaches } = readAnswers(call, questions);
  const ended = isOk(call);
  if (ended.length > 0) return [...ended, ...breaches];
  const breach = callBreach(call, 'the services, each once, in answer to each question');
  const unlisted = answers.find((answer) => answer?.kind !== 'services' && answer?.kind !== 'error');
  if (answers.includes(undefined) || unlisted !== undefined)
    return [{ ...breach, observed: describeAnswerTo(services, unlisted), reaction: 'no list' }, ...breaches];
  const warn = (observed: string, reaction: string): Breach => ({ ...breach, observed, reaction, severity: 'warn' });
  const all = answers.map((answer) => (answer?.kind === 'services' ? answer.names : []));
  const served = [
    ...(offers.includes('unary') ? [testService] : []),
    ...(offers.includes('health') ? [healthService] : []),
  ];
  const missing = served.find((name) => all.some((names) => !names.includes(name)));
  const isOdd = all.some((names) => [...names].sort().join() !== [...(all[0] ?? [])].sort().join());
  return [
    ...breaches,
    ...(answers.some((answer) => answer?.kind === 'error') ? [warn('an error', 'no list')] : []),
    ...(all.some((names) => new Set(names).size < names.length) ? [warn('a service twice', 'listed twice')] : []),
    ...(isOdd ? [warn('other services each time', 'other services')] : []),
    ...(missing === undefined ? [] : [warn(`${missing} is served and not listed`, 'served and not listed')]),
  ];
}

/** What is listed is served. */
export function judgeSample(seen: Observation, name: string, { reflected }: TargetFacts): readonly Breach[] {
  const call = seen.allCalls.find(({ plan }) => plan.label === name);
  if (call === undefined || reflected?.services.includes(name) !== true) return [];
  if (call.status !== status.UNIMPLEMENTED) return [];
  const breach = callBreach(call, 'a listed service is served', `${name} is listed and answers UNIMPLEMENTED`);
  return [{ ...breach, reaction: 'listed and not served', severity: 'warn' }];
}

/** Files that are asked for in the end: enough to see whether imports can be had, few enough to be quick. */
const mostFiles = 16;

/** Questions for the files that are known. */
export const allFiles = ({ reflected }: TargetFacts): readonly AnyReflectionQuestion[] =>
  (reflected?.files ?? []).slice(0, mostFiles).map((name) => ({ ask: 'file', name }));

/** Files that define what was asked, and no import that is asked for and not given. */
export function judgeFiles(call: Call, questions: readonly AnyReflectionQuestion[]): readonly Breach[] {
  const { answers, breaches } = readAnswers(call, questions);
  const ended = isOk(call);
  if (ended.length > 0) return [...ended, ...breaches];
  const breach = callBreach(call, 'files that define what was asked, and their imports');
  const given: FileSymbols[] = [];
  for (const [index, question] of questions.entries()) {
    const answer = answers[index];
    const wrong = (observed: string, reaction: string): readonly Breach[] => [
      ...breaches,
      { ...breach, observed, reaction },
    ];
    if (answer === undefined) return wrong(describeAnswerTo(question, answer), 'no answer');
    if (question.ask === 'extensions') {
      if (answer.kind !== 'error' && answer.kind !== 'extensions')
        return wrong(describeAnswerTo(question, answer), 'wrong kind of answer');
      continue;
    }
    if (answer.kind !== 'files') return wrong(describeAnswerTo(question, answer), 'no file');
    const files = answer.files.map(readFileSymbols);
    if (!files.every((file) => file !== undefined)) return wrong('octets that are no descriptor', 'no descriptor');
    given.push(...files);
    if (!given.some((file) => defines(file, question)))
      return wrong(`no file for ${describeAnswerTo(question, answer)} defines it`, 'wrong file');
  }
  const names = new Set(given.map(({ name }) => name));
  const asked = new Set(questions.flatMap((question) => (question.ask === 'file' ? [question.name] : [])));
  const dangling = given
    .flatMap(({ dependencies }) => dependencies)
    .find((name) => asked.has(name) && !names.has(name));
  return dangling === undefined
    ? breaches
    : [...breaches, { ...breach, observed: `${dangling} is imported and not given`, reaction: 'dangling import' }];
}

function defines(file: FileSymbols, question: AnyReflectionQuestion): boolean {
  if (question.ask === 'file') return file.name === question.name;
  return (
    question.ask === 'symbol' &&
    [file.services, file.methods, file.messages].some((names) => names.includes(question.name))
  );
}

const fits = [status.NOT_FOUND] as const;
const fitsNothing = [status.INVALID_ARGUMENT, status.UNIMPLEMENTED, status.NOT_FOUND] as const;

/** An error for each question but the last one, which lists the services. */
export function judgeErrors(call: Call, questions: readonly AnyReflectionQuestion[]): readonly Breach[] {
  const { answers, breaches } = readAnswers(call, questions);
  const breach = callBreach(call, 'an error NOT_FOUND in answer to each question, then the services');
  const open = answers.indexOf(undefined);
  const found: Breach[] = [...breaches];
  for (const [index, question] of questions.slice(0, open === -1 ? undefined : open).entries()) {
    const answer = answers[index];
    const observed = describeAnswerTo(question, answer);
    if (question.ask === 'services') {
      if (answer?.kind !== 'services') found.push({ ...breach, observed, reaction: 'no list' });
    } else if (answer?.kind !== 'error') {
      // A type that nobody has has no extensions, either.
      const isEmpty = question.ask === 'extensions' && answer?.kind === 'extensions';
      found.push({ ...breach, observed, reaction: 'no error', ...(isEmpty ? { severity: 'warn' } : {}) });
    } else if (!(question.ask === 'nothing' ? fitsNothing : fits).some((code) => code === answer.status)) {
      found.push({ ...breach, observed, reaction: `error ${answer.status}`, severity: 'warn' });
    }
  }
  if (open === -1) return [...isOk(call), ...found];
  const isGrpc = (call.shape === 'normal' || call.shape === 'trailers-only') && call.status !== status.OK;
  const isFine = isGrpc && questions[open]?.ask === 'nothing' && call.status === status.INVALID_ARGUMENT;
  if (isFine) return found;
  const last = { ...breach, reaction: `stream ended: ${breach.reaction}` };
  return [...found, isGrpc ? { ...last, severity: 'warn' } : last];
}

/** Says the same for equal answers: names in any order, files by their octets. */
function normalise(answer: Answer | undefined): string {
  switch (answer?.kind) {
    case undefined:
      return 'none';
    case 'services':
      return `services ${answer.names.toSorted().join()}`;
    case 'files':
      return `files ${answer.files
        .map((file) => Buffer.from(file).toString('hex'))
        .toSorted()
        .join()}`;
    case 'error':
      return `error ${answer.status}`;
    default:
      return `extensions of ${answer?.name ?? ''}`;
  }
}

/** What only one of two lists has. */
function describeLists(v1: Answer | undefined, v1alpha: Answer | undefined): string | undefined {
  if (v1?.kind !== 'services' || v1alpha?.kind !== 'services') return undefined;
  const beyond = (names: readonly string[], others: readonly string[]): string =>
    listBriefly(names.filter((name) => !others.includes(name)).map((name) => quoted(name))) || 'nothing';
  return `v1 alone lists ${beyond(v1.names, v1alpha.names)}, v1alpha alone ${beyond(v1alpha.names, v1.names)}`;
}

/** The same answers of both versions. */
export function judgeVersions(seen: Observation, questions: readonly AnyReflectionQuestion[]): readonly Breach[] {
  const calls = reflectionVersions.map((one) => seen.call(one));
  const absent = calls.findIndex((call) => call.status === status.UNIMPLEMENTED && call.messages.length === 0);
  const missing = calls[absent];
  if (missing !== undefined) {
    const name = reflectionVersions[absent] ?? 'v1';
    const breach = callBreach(missing, 'v1 and v1alpha', `${reflectionService(name)} is not served`);
    return [{ ...breach, reaction: `no ${name}`, severity: name === 'v1' ? 'warn' : 'info' }];
  }
  const [one = [], other = []] = calls.map((call) => readAnswers(call, questions).answers);
  const odd = questions.findIndex((_, index) => normalise(one[index]) !== normalise(other[index]));
  const question = questions[odd];
  if (question === undefined) return [];
  const said =
    describeLists(one[odd], other[odd]) ??
    `v1 gives ${describeAnswerTo(question, one[odd])}, v1alpha ${describeAnswerTo(question, other[odd])}`;
  const breach = callBreach(seen.call('v1alpha'), 'the same answers of both versions', said);
  return [{ ...breach, reaction: 'versions differ' }];
}
