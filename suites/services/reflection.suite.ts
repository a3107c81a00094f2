import {
  arb,
  emptyCall,
  experiment,
  fc,
  healthCheck,
  healthService,
  mostAtOnce,
  reflectionVersions,
  testService,
  type AnyProperty,
  type AnyReflectionQuestion,
  type TargetFacts,
} from '../../harness';
import { textOf, unknownName, unknownNames, type UnknownName } from './health-names';
import { allFiles, judgeErrors, judgeFiles, judgeLists, judgeSample, judgeVersions } from './reflection-judges';
import { askReflection } from './reflection-talk';

const versionsOf = ({ reflected }: TargetFacts) => reflected?.versions ?? reflectionVersions.slice(0, 1);

const version = (facts: TargetFacts) => fc.constantFrom(...versionsOf(facts));

const streamName = (index: number): string => `stream ${index}`;

const services = { ask: 'services' } as const;

/** Calls by which a listed service of a known kind shows that it is served. */
const samples = { [testService]: emptyCall, [healthService]: () => healthCheck('') };

/** What is asked of symbols, files and extensions that exist. */
const knownQuestion = ({ reflected }: TargetFacts): fc.Arbitrary<AnyReflectionQuestion> => {
  const { symbols = [], files = [] } = reflected ?? {};
  const asked = [
    ...symbols.map((name) => ({ ask: 'symbol', name }) as const),
    ...files.map((name) => ({ ask: 'file', name }) as const),
    ...symbols.map((name) => ({ ask: 'extensions', name }) as const),
  ];
  return asked.length === 0 ? fc.constant(services) : fc.constantFrom(...asked);
};

/** What is asked of names that nobody has, and nothing at all. */
type UnknownQuestion =
  | { readonly ask: 'symbol' | 'file' | 'extensions' | 'extension'; readonly name: UnknownName }
  | { readonly ask: 'nothing' };

/** Of a package some servers know the file: a symbol that has one is nobody's unknown name. */
const strange = () => unknownName().filter(({ near }) => near !== 'the package');

const unknownQuestion = (): fc.Arbitrary<UnknownQuestion> =>
  fc.oneof(
    arb.record({ ask: fc.constantFrom('symbol', 'file', 'extensions', 'extension'), name: strange() }),
    arb.record({ ask: fc.constant('nothing') }),
  );

const questionOf = (question: UnknownQuestion): AnyReflectionQuestion => {
  if (question.ask === 'nothing') return question;
  const name = textOf(question.name);
  return question.ask === 'extension' ? { ask: 'extension', name, number: 1000 } : { ask: question.ask, name };
};

/** What server reflection says of the services, symbols and files of the target. */
export const reflection: readonly AnyProperty[] = [
  experiment('SVC-07-reflection-list-services', {
    generates: '1 to 8 questions for all services, on one or two streams, all at once or each after the answer before',
    accepts: ['one list for each question, the same each time, with each service that is served, then status OK'],
    needs: ['reflection'],
    effort: 0.1,
    arbitrary: (facts) =>
      arb.record({
        version: version(facts),
        lists: fc.integer({ min: 1, max: 8 }),
        calls: fc.integer({ min: 1, max: Math.max(1, mostAtOnce(facts, 2)) }),
        together: fc.boolean(),
      }),
    examples: (facts) =>
      versionsOf(facts).flatMap((one) =>
        [true, false].map((together) => ({ version: one, lists: 4, calls: 1, together })),
      ),
    labels: {
      'all questions at once': ({ lists, together }) => lists > 1 && together,
      'a question after an answer': ({ lists, together }) => lists > 1 && !together,
      'more than three questions': ({ lists }) => lists > 3,
      'the newest version': (input, facts) => input.version === versionsOf(facts)[0],
    },
    script: (script, { lists, calls, ...talk }, { reflected }) => {
      for (let index = 0; index < calls; index++)
        askReflection(script, { ...talk, questions: Array.from({ length: lists }, () => services) }, streamName(index));
      for (const [name, call] of Object.entries(samples))
        if (reflected?.services.includes(name)) script.call(call(), { as: name, legal: false });
    },
    check: (seen, { lists, calls }, facts) => [
      // By place: before the run the same question is asked by who knows no names of calls.
      ...Array.from({ length: calls }, (_, index) => seen.call(index)).flatMap((call) =>
        judgeLists(call, lists, facts),
      ),
      ...Object.keys(samples).flatMap((name) => judgeSample(seen, name, facts)),
    ],
  }),

  experiment('SVC-08-reflection-descriptors', {
    generates:
      '1 to 8 questions on one stream for services, methods and messages that are known, for files that others import, and for extensions; then for every file that is known',
    accepts: ['files that define what was asked, whose imports are given or can be asked for; an error for extensions'],
    needs: ['reflection'],
    effort: 0.3,
    arbitrary: (facts) =>
      arb.record({
        // The one that told the names: whether the other knows them is for SVC-10.
        version: fc.constant(versionsOf(facts)[0] ?? 'v1'),
        questions: fc.array(knownQuestion(facts), { minLength: 1, maxLength: 8 }),
        together: fc.boolean(),
      }),
    examples: (facts) => [
      {
        version: versionsOf(facts)[0] ?? 'v1',
        questions: (facts.reflected?.services ?? []).map((name) => ({ ask: 'symbol', name }) as const),
        together: false,
      },
    ],
    labels: {
      'a symbol': ({ questions }) => questions.some(({ ask }) => ask === 'symbol'),
      'a file': ({ questions }) => questions.some(({ ask }) => ask === 'file'),
      extensions: ({ questions }) => questions.some(({ ask }) => ask === 'extensions'),
      'several questions': ({ questions }) => questions.length > 1,
    },
    script: (script, { questions, ...talk }, facts) =>
      void askReflection(script, { ...talk, questions: [...questions, ...allFiles(facts)] }, streamName(0)),
    check: (seen, { questions }, facts) => judgeFiles(seen.call(streamName(0)), [...questions, ...allFiles(facts)]),
  }),

  experiment('SVC-09-reflection-errors-in-band', {
    generates:
      '1 to 4 questions on one stream for symbols, files and extensions that nobody has, or for nothing at all; then one for the services',
    accepts: [
      'an error NOT_FOUND for each, then the services',
      'for a question for nothing also another error, or status INVALID_ARGUMENT',
      'another error, or a stream that ends with a status, with a warning',
    ],
    needs: ['reflection'],
    effort: 0.3,
    arbitrary: (facts) =>
      arb.record({
        version: version(facts),
        questions: fc.array(unknownQuestion(), { minLength: 1, maxLength: 4 }),
        together: fc.boolean(),
      }),
    examples: (facts) =>
      (['symbol', 'file', 'extensions', 'extension', 'nothing'] as const).map((ask) => ({
        version: versionsOf(facts)[0] ?? 'v1',
        questions: [ask === 'nothing' ? { ask } : { ask, name: unknownNames.at(-2)! }],
        together: false,
      })),
    labels: {
      'an unknown symbol': ({ questions }) => questions.some(({ ask }) => ask === 'symbol'),
      'an unknown file': ({ questions }) => questions.some(({ ask }) => ask === 'file'),
      'an unknown extension': ({ questions }) => questions.some(({ ask }) => ask.startsWith('extension')),
      'nothing at all': ({ questions }) => questions.some(({ ask }) => ask === 'nothing'),
      'several questions': ({ questions }) => questions.length > 1,
    },
    script: (script, { questions, ...talk }) =>
      void askReflection(script, { ...talk, questions: [...questions.map(questionOf), services] }, streamName(0)),
    check: (seen, { questions }) => judgeErrors(seen.call(streamName(0)), [...questions.map(questionOf), services]),
  }),

  experiment('SVC-10-reflection-versions-agree', {
    generates:
      'the same 1 to 8 questions to v1 and to v1alpha: for services, for what is known, and for what nobody has',
    accepts: [
      'the same answers',
      'UNIMPLEMENTED for v1alpha, recorded as info',
      'UNIMPLEMENTED for v1, with a warning',
    ],
    needs: ['reflection'],
    effort: 0.2,
    arbitrary: (facts) =>
      arb.record({
        questions: fc.array(fc.oneof(knownQuestion(facts), fc.constant(services), unknownQuestion().map(questionOf)), {
          minLength: 1,
          maxLength: 8,
        }),
        together: fc.boolean(),
      }),
    examples: () => [{ questions: [services], together: false }],
    labels: {
      'for the services': ({ questions }) => questions.some(({ ask }) => ask === 'services'),
      'for a file': ({ questions }) => questions.some(({ ask }) => ask === 'symbol' || ask === 'file'),
      'several questions': ({ questions }) => questions.length > 1,
    },
    script: (script, input) => {
      for (const one of reflectionVersions) askReflection(script, { ...input, version: one }, one);
    },
    check: (seen, { questions }) => judgeVersions(seen, questions),
  }),
];
