import type { TargetRecord } from './model';
import { printable } from './printable';
import { tierNames } from './summary';

/** More of a command line says nothing new to who only wants to know which server it was. */
const longestCommand = 100;

/** The name of a target and, where nobody chose it, how it came to be tested. */
export function describeTargetName({ name, byDefault }: Pick<TargetRecord, 'name' | 'byDefault'>): string {
  return byDefault === true ? `${name}, as neither --target nor --exec names another` : name;
}

/** Which server it was, in one escaped line: `against 127.0.0.1:50051 (server: envoy), tier 2 (grpc.testing.TestService)`. */
export function describeAgainst(
  target: Pick<TargetRecord, 'name' | 'byDefault' | 'exec' | 'identification' | 'tier'>,
): string {
  const { exec, identification, tier } = target;
  const started = exec === undefined ? [] : [`started by ${cut(exec)}`];
  const brackets = [...started, ...(identification === '' ? [] : [identification])];
  const more = brackets.length === 0 ? '' : ` (${brackets.join('; ')})`;
  return printable(`against ${describeTargetName(target)}${more}, tier ${tier} (${tierNames[tier]})`);
}

/** How much of a selection a target lets itself be tested: `63 of 80 rules can be tested there, 17 cannot`. */
export function describeTestable({ testable }: Pick<TargetRecord, 'testable'>, selected: number): string {
  if (testable === undefined) return `${selected} rules`;
  const rest = selected - testable;
  return `${testable} of ${selected} ${selected === 1 ? 'rule' : 'rules'} can be tested there${rest === 0 ? '' : `, ${rest} cannot`}`;
}

const cut = (text: string): string => (text.length <= longestCommand ? text : `${text.slice(0, longestCommand)}…`);
