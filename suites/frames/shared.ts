import {
  connectionError,
  fc,
  recorded,
  stimulus,
  streamInState,
  streamStates,
  type AnyProperty,
  type Graded,
  type Property,
  type RawFrame,
  type RowId,
  type Setting,
  type Stimulus,
  type StreamState,
  type TargetFacts,
} from '../../harness';

/** A fault, and the stream that it is on or beside. */
export type Placed<Fault> = Fault & { readonly state: StreamState };

/** A row of one shape: a stream in some state, a frame that no client may send, and a set of reactions. */
export interface FaultyFrame<Fault extends object> extends Omit<
  Stimulus<Placed<Fault>>,
  'sends' | 'write' | 'accepts' | 'labels' | 'examples'
> {
  /** What may come of it: of the stream where one of them is about a stream, else of the connection. A connection error unless given. */
  readonly accepts?: readonly Graded[];
  /** The same, where it depends on the fault. */
  readonly acceptsOf?: (fault: Placed<Fault>) => readonly Graded[];
  /** The states that the stream may be in; all unless given. */
  readonly states?: readonly StreamState[];
  /** What is wrong, as plain data that shrinks. */
  readonly faults: (facts: TargetFacts) => fc.Arbitrary<Fault>;
  readonly labels: Readonly<Record<string, (fault: Placed<Fault>) => boolean>>;
  /** Faults that are always tried, the states taking turns. */
  readonly examples: readonly Fault[];
  /** The frame or frames that are wrong. */
  readonly frame: (fault: Placed<Fault>, stream: number, facts: TargetFacts) => RawFrame | readonly RawFrame[];
}

/** Writes such a row: its input is the fault and the state, its labels are those of the fault and one for each state. */
export function faultyFrame<Fault extends object>(
  id: RowId,
  {
    accepts = [connectionError],
    acceptsOf = () => accepts,
    states = streamStates,
    faults,
    labels,
    examples,
    frame,
    ...about
  }: FaultyFrame<Fault>,
): AnyProperty {
  return stimulus<Placed<Fault>>(id, {
    effort: 0.5,
    ...about,
    accepts,
    sends: (facts) =>
      fc.tuple(faults(facts), fc.constantFrom(...states)).map(
        ([fault, state]) => ({ ...fault, state }),
        (value) => {
          const { state, ...fault } = value as Placed<object>;
          return [fault as Fault, state];
        },
      ),
    labels: { ...labels, ...labelsOfStates<Fault>(states) },
    examples: () => examples.map((fault, index) => ({ ...fault, state: states[index % states.length]! })),
    write: (script, fault, facts) => {
      const stream = streamInState(script, fault.state, facts);
      for (const one of [frame(fault, stream, facts)].flat()) script.frame(one);
      const wanted = acceptsOf(fault);
      if (wanted.some(({ is }) => is === 'stream-error')) script.expectStream(stream, wanted);
      else script.expectConnection(wanted);
    },
  });
}

const labelsOfStates = <Fault>(states: readonly StreamState[]): NonNullable<Property<Placed<Fault>>['labels']> =>
  Object.fromEntries(
    states.map((state) => [
      state === 'reset' ? 'a stream that we have reset' : `a stream that is ${state}`,
      (fault: Placed<Fault>) => fault.state === state,
    ]),
  );

/** Lengths of a payload that must have exactly so many octets, and has others. */
export const wrongLength = (right: number, max = 300): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 0, max: right - 1 }),
    fc.constantFrom(0, right - 1, right + 1, 2 * right),
    fc.integer({ min: right + 1, max }),
  );

/** Settings in which an identifier comes more than once. */
export const isRepeated = (list: readonly Setting[]): boolean => new Set(list.map(({ id }) => id)).size < list.length;

/** RFC 9113 §10.5 names repeated settings among what a server may take for abuse. */
export const unlessRepeated = (list: readonly Setting[]) => (isRepeated(list) ? [recorded(connectionError)] : []);
