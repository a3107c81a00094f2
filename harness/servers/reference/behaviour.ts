import { isChosenMutant, mutantNamed, plainMutant, type ChosenMutant } from './mutants';
import { correctPolicy, type Policy } from './policy';
import { decisionsOf, joinSeams, type JoinedSeams, type ServerState, type Wire } from './seams';
import type { ChosenVariation, VariationName } from './variations';

/** The choices of one server: legal ones, asked for by name where they are made, and what its seams do. */
export interface Behaviour {
  /** True when the server is to make that legal choice. */
  readonly varies: (name: VariationName) => boolean;
  /** The number that a variation was chosen with; undefined when it was not chosen. */
  readonly value: (name: VariationName) => number | undefined;
  /** The decisions of the connection that this is about; those of the server outside of one. */
  readonly policy: Policy;
  /** The seams of a new connection. */
  readonly open: (wire: Wire) => JoinedSeams;
}

export interface Choices {
  /** Rows by full id or area and number, mutants by their id, plain defects. */
  readonly defects?: readonly (string | ChosenMutant)[];
  readonly variations?: readonly (VariationName | ChosenVariation)[];
}

/** The correct server with plain choices, but for what is named. @throws Error for a name that nothing has, and for defects of which one would hide another */
export function behave({ defects = [], variations = [] }: Choices = {}): Behaviour {
  const chosen = new Map(
    variations.map((one): [string, number | undefined] =>
      typeof one === 'string' ? [one, undefined] : [one.name, one.value],
    ),
  );
  const server: ServerState = { calls: 0, leaked: [] };
  const mutants = defects.map((one) => (isChosenMutant(one) ? plainMutant(one) : mutantNamed(one)));
  requireOneDecision(
    mutants.map((made, index) => ({ name: nameOf(defects[index] ?? ''), decisions: decisionsOf(made) })),
  );
  return {
    varies: (name) => chosen.has(name),
    value: (name) => chosen.get(name),
    policy: Object.assign({}, correctPolicy, ...mutants.map(({ policy }) => policy)) as Policy,
    open: (wire) =>
      joinSeams(
        mutants.flatMap(({ seams, ...fixed }) => (seams === undefined ? [fixed] : [fixed, seams(wire, server)])),
      ),
  };
}

const nameOf = (defect: string | ChosenMutant): string => (isChosenMutant(defect) ? defect.name : defect);

/** Of two defects that decide the same, one would not be there. */
function requireOneDecision(
  defects: readonly { readonly name: string; readonly decisions: readonly string[] }[],
): void {
  const decided = new Map<string, string>();
  for (const { name, decisions } of defects) {
    for (const decision of new Set(decisions)) {
      const other = decided.get(decision);
      if (other !== undefined)
        throw new Error(`defects ${other} and ${name} both decide ${decision}: leave one of them out`);
      decided.set(decision, name);
    }
  }
}
