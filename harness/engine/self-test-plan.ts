import fc from 'fast-check';
import type { RowNumber } from '../catalogue';
import type { Claims } from '../facts/claims';
import type { Need } from '../facts/need';
import type { AnyProperty } from '../properties/property';
import { mutants, type Mutant } from '../servers/reference/mutants';
import { plainDefectNames, plainDefects } from '../servers/reference/mutants/plain-defects';
import { drawValue, joinNameAndValue, type ValueRange } from '../servers/reference/value-range';
import type { Judges } from '../servers/reference/variation';
import {
  areCompatible,
  claimsOf,
  describeVariation,
  findVariation,
  variationNames,
  variations,
  type ChosenVariation,
  type VariationName,
} from '../servers/reference/variations';
import type { Inputs } from './mutant-table';
import { isShared } from './lanes';
import { experimentsFor, sharesTarget, withoutExamples } from './play-mutant';
import { shuffle, subSeed } from './sub-seed';

/**
 * Inputs per property: on a correct server, where every alarm is false; under a variation, of which there are many, and on the rows that it touches; on a
 * mutant with a process of its own, where the search ends with the first failure, or the process; and on a server with a plain defect.
 */
const runs = { clean: 25, form: 6, target: 2, touched: 30, pair: 3, defect: 100, alive: 20, plain: 10 } as const;

/** Which servers a self-test starts beside the plain one, those with a choice of form, and those with a defect for one row. */
export interface SelfTestParts {
  /** Servers with limits, endings and gateways, that a client must reckon with. */
  readonly targets: boolean;
  /** Servers that break the plainest calls. */
  readonly plain: boolean;
  /** Random pairs of variations, for each seed. */
  readonly pairs: number;
  /** True: each choice of form has a server to itself. Else a few that one server can make share it: an alarm is as loud there, and is looked into one by one. */
  readonly apart: boolean;
}

export type Expectation =
  /** A correct server: it is not accused, and rows are judged all the same. */
  | {
      readonly is: 'innocent';
      readonly judges: Judges;
      /** Area and number of the rows that may warn of it. */
      readonly warned: readonly RowNumber[];
    }
  /** The row that the mutant breaks must fail by its own rule. */
  | { readonly is: 'kill'; readonly row: string }
  /**
   * Exit code 1, and one of these rows (area and number) among the first findings. `isPromise`: only a fixture promises what is broken, so that the row is lost
   * where tier 2 is expected.
   */
  | { readonly is: 'finding'; readonly finds: readonly RowNumber[]; readonly isPromise: boolean };

/** One way to start the reference server, and what is expected of the run. */
export interface Configuration {
  readonly name: string;
  readonly flags: readonly string[];
  readonly tls: boolean;
  readonly seed: number;
  readonly properties: readonly AnyProperty[];
  readonly runs: number;
  /** Files in `protos/` with the methods that may be called. */
  readonly protos: readonly string[];
  /** What is said of how long connections live there. */
  readonly claims: Claims;
  readonly expects: Expectation;
}

/** The service that stands for those of users, by its file: what reflection says of the reference server is no secret, and none of it is called unasked. */
const usersProto = 'examples/herbarium.proto';

/** The servers on which whole runs are made with one seed. The first is the plain server, which says how many rows can be judged. */
export function planSelfTest(
  properties: readonly AnyProperty[],
  seed: number,
  parts: SelfTestParts,
): readonly Configuration[] {
  const clearText = properties.filter((property) => !needsTls(property));
  const innocent = (chosen: readonly ChosenVariation[], inputs: number): Configuration => {
    const all = chosen.map(({ name }) => variations[name]);
    const tls = all.some((variation) => variation.tls === true);
    const words = chosen.map(describeVariation);
    return {
      name: words.length === 0 ? 'clean' : `${numerals[words.length] ?? 'variations'} ${words.join(' ')}`,
      flags: words.flatMap((word) => ['--variation', word]),
      tls,
      seed,
      runs: inputs,
      properties: tls ? properties : clearText,
      claims: claimsOf(chosen),
      protos: [usersProto, ...all.flatMap(({ proto }) => (proto === undefined ? [] : [proto]))],
      expects: {
        is: 'innocent',
        judges: judgesTogether(all.map(({ judges }) => judges)),
        warned: all.flatMap(({ warned = [] }) => warned),
      },
    };
  };
  const names = variationNames.filter((name) => parts.targets || variations[name].about === 'form');
  const plainly = choiceFor(properties);
  const overTls = { ...innocent(plainly, runs.form), name: 'clean over TLS', tls: true, properties };
  // Rows that only show over TLS have nothing to say in clear text.
  const speaks = ({ properties: some }: Configuration): boolean => some.length > 0 || properties.length === 0;
  const plainest = { ...innocent(plainly, runs.clean), name: 'clean' };
  const first = speaks(plainest) ? [plainest, overTls] : [{ ...overTls, name: 'clean', runs: runs.clean }];
  // What the plain server does not offer is judged on one that does.
  const unlocked = unlocking.flatMap(([need, choice]): Configuration[] => {
    const some = clearText.filter(({ needs = [] }) => needs.includes(need));
    const isPlain = plainly.includes(choice) || some.length === 0;
    return isPlain
      ? []
      : [{ ...innocent([choice], runs.clean), name: `clean with ${describeVariation(choice)}`, properties: some }];
  });
  return [
    ...first,
    ...unlocked,
    ...groupChoices(
      names.flatMap((name) => choose(name, seed)).filter((chosen) => speaks(innocent([chosen], 0))),
      parts.apart ? 1 : sharing,
      seed,
    ).flatMap((group) => {
      const [{ name }] = group;
      const touched = group.map((one) => onTouched(innocent([one], 0), variations[one.name].touches ?? []));
      return [innocent(group, runs[variations[name].about]), ...touched.flat()];
    }),
    ...drawPairs(names, parts.pairs, seed).map((pair) => innocent(pair, runs.pair)),
    ...(parts.plain ? plain(clearText, seed) : []),
  ];
}

/** What a server with so many choices is called. */
const numerals: Readonly<Record<number, string>> = { 1: 'variation', 2: 'pair' };

/** Choices of form that share a server, at most. */
const sharing = 4;

type Group = readonly [ChosenVariation, ...ChosenVariation[]];

/**
 * Puts choices of form together that one server can make, in an order of the seed. What leaves less to be judged, shows over TLS or is about a target stays
 * alone.
 */
function groupChoices(all: readonly ChosenVariation[], most: number, seed: number): readonly Group[] {
  const isAlone = ({ name }: ChosenVariation): boolean => {
    const { about, judges, tls } = variations[name];
    return most === 1 || about !== 'form' || judges !== 'all' || tls === true;
  };
  const groups: [ChosenVariation, ...ChosenVariation[]][] = [];
  const together = all.filter((chosen) => !isAlone(chosen));
  for (const chosen of shuffle(together, (one) => subSeed(seed, describeVariation(one)))) {
    const fits = groups.find(
      (group) => group.length < most && group.every(({ name }) => areCompatible(name, chosen.name)),
    );
    if (fits === undefined) groups.push([chosen]);
    else fits.push(chosen);
  }
  return [...groups, ...all.filter(isAlone).map((chosen): Group => [chosen])];
}

/** What makes a server offer what the plain one does not. */
const unlocking: readonly (readonly [Need, ChosenVariation])[] = [
  ['smaller-table', { name: 'header-table', value: 256 }],
  ['server-keepalive', { name: 'keepalive', value: 1000 }],
  ['connection-lifetime', { name: 'connection-age', value: 1000 }],
];

/** Properties that are about servers of one choice alone have nothing to say to the plain one. */
function choiceFor(properties: readonly AnyProperty[]): readonly ChosenVariation[] {
  const found = unlocking.find(([need]) => properties.every(({ needs = [] }) => needs.includes(need)));
  return found === undefined || properties.length === 0 ? [] : [found[1]];
}

/** The legal choice that a mutant stands on. */
function besideOf({ beside }: Mutant): readonly ChosenVariation[] {
  const chosen = beside === undefined ? undefined : findVariation(beside);
  return chosen === undefined ? [] : [chosen];
}

const needsTls = ({ needs }: AnyProperty): boolean => needs?.includes('tls') === true;

/** The same server once more, for the rows that have to do with what it does; none when no such row is asked for. */
function onTouched(whole: Configuration, touches: readonly string[]): readonly Configuration[] {
  const { expects } = whole;
  const touched = whole.properties.filter(({ id }) => touches.some((row) => id.startsWith(`${row}-`)));
  if (touched.length === 0 || expects.is !== 'innocent') return [];
  const judges: Judges = expects.judges === 'all' ? 'all' : { ...expects.judges, atLeast: 0 };
  return [
    {
      ...whole,
      name: `${whole.name} on ${touches.join(', ')}`,
      properties: touched,
      runs: runs.touched,
      expects: { ...expects, judges },
    },
  ];
}

/** A variation as often as it has values that every self-test takes, and once more with one that the seed draws. */
function choose(name: VariationName, seed: number): readonly ChosenVariation[] {
  const { value: range } = variations[name];
  return range === undefined ? [{ name }] : valuesOf(name, range, seed).map((value) => ({ name, value }));
}

function valuesOf(name: string, range: ValueRange, seed: number): readonly number[] {
  const drawn = drawValue(range, subSeed(seed, name));
  return [...new Set([...range.always, ...(drawn === undefined ? [] : [drawn])])];
}

/** What two variations leave to be judged is no more than what each leaves; how much less, nobody knows. */
function judgesTogether(all: readonly Judges[]): Judges {
  const partial = all.filter((judges) => judges !== 'all');
  const [only] = partial;
  if (only === undefined) return 'all';
  if (all.length === 1) return only;
  return { atLeast: 1, because: partial.map(({ because }) => because).join('; and ') };
}

/**
 * Different pairs of variations that one server can make, with values where they take some; the same for the same seed. Fewer when there are not as many.
 */
export function drawPairs(
  names: readonly VariationName[],
  count: number,
  seed: number,
): readonly (readonly [ChosenVariation, ChosenVariation])[] {
  const compatible = names.flatMap((one, index) =>
    names.slice(index + 1).flatMap((other) => (areCompatible(one, other) ? [[one, other] as const] : [])),
  );
  if (count === 0 || compatible.length === 0) return [];
  const most = Math.min(count, compatible.length);
  const pairs = fc.shuffledSubarray(compatible, { minLength: most, maxLength: most });
  const [drawn = []] = fc.sample(pairs, { seed, numRuns: 1 });
  return drawn.map(([one, other], index) => [pick(one, seed, index), pick(other, seed, index)]);
}

/** One of the values of a variation; the drawn one is among them. */
function pick(name: VariationName, seed: number, index: number): ChosenVariation {
  const choices = choose(name, subSeed(seed, `pair ${index}`));
  return choices[(subSeed(seed, `${name} of pair ${index}`) >>> 0) % choices.length] ?? { name };
}

/** One mutant, and what is tried against it. */
export interface PlannedMutant {
  readonly mutant: Mutant;
  readonly seed: number;
  readonly inputs: Inputs;
  /** Absent: it shares a process with other mutants. Else how it is started: over TLS, or in a process that can end and be measured. */
  readonly alone?: Configuration;
}

/** One mutant in so many is tried without examples, unless all are asked for. */
const sampled = 6;

/**
 * The mutants that one seed tries: each with the hand-written examples, and without them a part that moves with the seed, or all.
 * @param thorough all are tried without examples
 */
export function planMutants(
  properties: readonly AnyProperty[],
  seed: number,
  thorough: boolean,
): readonly PlannedMutant[] {
  const chosen = mutants.filter((mutant) => isWithin(mutant, properties));
  return chosen.flatMap((mutant, index) =>
    planMutant(mutant, properties, seed, thorough || (index + seed) % sampled === 0),
  );
}

/** What one seed tries against one mutant. @param isSampled it is tried without examples as well, where that says anything */
export function planMutant(
  mutant: Mutant,
  properties: readonly AnyProperty[],
  seed: number,
  isSampled: boolean,
): readonly PlannedMutant[] {
  const experiments = experimentsFor(mutant, properties);
  // TLS is spoken, and a legal choice made, by a process of its own.
  if (
    (isOverTls(mutant, experiments) || mutant.beside !== undefined) &&
    mutant.endsService !== true &&
    experiments.every(isShared)
  ) {
    const alone = faulty(mutant, experiments, seed);
    const unaided = {
      ...alone,
      name: `${alone.name} without examples`,
      properties: experiments.map(withoutExamples),
    };
    return [
      { mutant, seed, inputs: 'with examples', alone },
      ...(isSampled ? [{ mutant, seed, inputs: 'without examples', alone: unaided } as const] : []),
    ];
  }
  // Memory and the end of a process are seen on a process of its own; what happens there is not about what is generated. An attack takes seconds, and those of a rare
  // class come up in one input of twenty: without examples some mutants of DOS-07 and DOS-11 took minutes each and were still missed now and then.
  if (!experiments.every(sharesTarget) || mutant.endsService === true || mutant.overTls === true)
    return [{ mutant, seed, inputs: 'with examples', alone: faulty(mutant, experiments, seed) }];
  return [
    { mutant, seed, inputs: 'with examples' },
    ...(isSampled ? [{ mutant, seed, inputs: 'without examples' } as const] : []),
  ];
}

/** A mutant belongs to the experiment of its row; where there is none, to those that bring it out, all of them. */
function isWithin(mutant: Mutant, properties: readonly AnyProperty[]): boolean {
  const ids = properties.map(({ id }) => id);
  const named = mutant.provokedBy ?? [];
  const isNamed = named.length > 0 && named.every((row) => ids.some((id) => id.startsWith(`${row}-`)));
  return ids.includes(mutant.breaks) || isNamed;
}

const isOverTls = ({ overTls }: Mutant, experiments: readonly AnyProperty[]): boolean =>
  overTls === true || experiments.some(needsTls);

function faulty(mutant: Mutant, experiments: readonly AnyProperty[], seed: number): Configuration {
  return {
    name: `mutant ${mutant.id}`,
    flags: ['--defect', mutant.id, ...(mutant.beside === undefined ? [] : ['--variation', mutant.beside])],
    tls: isOverTls(mutant, experiments),
    seed,
    properties: experiments,
    // A process that ends again and again is looked into each time.
    runs: mutant.endsService === true ? runs.alive : runs.defect,
    protos: [usersProto],
    claims: claimsOf(besideOf(mutant)),
    expects: { is: 'kill', row: mutant.breaks },
  };
}

function plain(properties: readonly AnyProperty[], seed: number): readonly Configuration[] {
  return plainDefectNames.flatMap((name) => {
    const { value: range, finds, isPromise = false } = plainDefects[name];
    const values = range === undefined ? [undefined] : range.always;
    return values.map((value): Configuration => {
      const words = joinNameAndValue(value === undefined ? { name } : { name, value });
      return {
        name: `defect ${words}`,
        flags: ['--defect', words],
        tls: false,
        seed,
        properties,
        runs: runs.plain,
        protos: [usersProto],
        claims: {},
        expects: { is: 'finding', finds, isPromise },
      };
    });
  });
}
