import { textOf, type Expression, type Place, type SyntaxNode } from './syntax';

/** One way to change a place: the octets from `start` to `end` of the file become `text`. */
export interface Change {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a place can become; none when the operator has nothing to do with it. Texts are valid wherever the node stands. */
export type Operator = (place: Place, source: string) => readonly string[];

const neighbours: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
};

const opposites: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '==': '!=',
  '!=': '==',
};

const arithmetic: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '/', '/': '*' };

/** The operators by the names that the table prints. */
export const operators: Readonly<Record<string, Operator>> = {
  'condition negated': ({ node, parents }, source) =>
    isCondition(node, parents[0]) ? [`!(${textOf(source, node)})`] : [],

  // A loop whose condition is always true ends in nothing but the time that a mutant has.
  'condition true': ({ node, parents: [parent] }) =>
    isCondition(node, parent) && !isLoop(parent) && !isConstant(node) ? ['true'] : [],

  'condition false': ({ node, parents: [parent] }) => (isCondition(node, parent) && !isConstant(node) ? ['false'] : []),

  'negation dropped': ({ node, parents: [parent] }, source) =>
    node.type === 'UnaryExpression' && node.operator === '!' && !isCondition(node, parent)
      ? [`(${textOf(source, node.argument)})`]
      : [],

  'boundary moved': ({ node }, source) => replaceOperator(node, source, neighbours),

  // As a whole condition it has been negated already.
  'comparison turned': ({ node, parents: [parent] }, source) =>
    isCondition(node, parent) ? [] : replaceOperator(node, source, opposites),

  'and for or': ({ node }, source) =>
    node.type === 'LogicalExpression' && node.operator !== '??'
      ? [joined(node.left, node.operator === '&&' ? '||' : '&&', node.right, source)]
      : [],

  'default dropped': ({ node }, source) =>
    node.type === 'LogicalExpression' && node.operator === '??'
      ? [`(${textOf(source, node.left)})`, `(${textOf(source, node.right)})`]
      : [],

  'arithmetic turned': ({ node }, source) =>
    node.type === 'BinaryExpression' && !isText(node.left) && !isText(node.right)
      ? replaceOperator(node, source, arithmetic)
      : [],

  'number off by one': ({ node, parents }) =>
    node.type === 'NumericLiteral' && !isKey(node, parents[0])
      ? [`(${node.value + 1})`, ...(node.value === 0 ? [] : [`(${node.value - 1})`])]
      : [],

  'boolean flipped': ({ node }) => (node.type === 'BooleanLiteral' ? [node.value ? 'false' : 'true'] : []),

  // What has a space is a sentence for people, of which no document says anything.
  'text replaced': ({ node, parents }) =>
    node.type === 'StringLiteral' &&
    !node.value.includes(' ') &&
    !isKey(node, parents[0]) &&
    !isModuleName(node, parents[0])
      ? [node.value === '' ? "'mutated'" : "''"]
      : [],

  'call removed': ({ node }) => (node.type === 'ExpressionStatement' && isCall(node.expression) ? [';'] : []),

  'statement removed': ({ node }) =>
    (node.type === 'ExpressionStatement' && !isCall(node.expression)) || node.type === 'ThrowStatement' ? [';'] : [],

  'return value dropped': ({ node }) =>
    node.type === 'ReturnStatement' && node.argument && node.argument.type !== 'BooleanLiteral'
      ? ['return undefined;']
      : [],

  'return left out': ({ node }) => (node.type === 'ReturnStatement' && !node.argument ? [';'] : []),

  'await dropped': ({ node }, source) =>
    node.type === 'AwaitExpression' ? [`(${textOf(source, node.argument)})`] : [],
};

/** Every change that an operator makes at a place. Places in code that only tells people what happens have none: no client can see them. */
export function changesAt(place: Place, source: string): readonly Change[] {
  const { node, parents } = place;
  if ([node, ...parents].some((each) => isBookkeeping(each, source))) return [];
  return Object.entries(operators).flatMap(([operator, apply]) =>
    apply(place, source).map((text) => ({ operator, start: node.start ?? 0, end: node.end ?? 0, text })),
  );
}

/** What is decided by: of an if, a loop or a choice. */
function isCondition(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  switch (parent?.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
      return parent.test === node;
    default:
      return false;
  }
}

const isLoop = (node: SyntaxNode | undefined): boolean =>
  node?.type === 'WhileStatement' || node?.type === 'DoWhileStatement' || node?.type === 'ForStatement';

const isConstant = (node: SyntaxNode): boolean => node.type === 'BooleanLiteral';

const isCall = (node: Expression): boolean => {
  const inner = node.type === 'AwaitExpression' ? node.argument : node;
  return inner.type === 'CallExpression' || inner.type === 'OptionalCallExpression' || inner.type === 'NewExpression';
};

const isText = (node: { readonly type: string }): boolean =>
  node.type === 'StringLiteral' || node.type === 'TemplateLiteral';

/** Names of members are no values. */
function isKey(node: SyntaxNode, parent: { readonly type: string } | undefined): boolean {
  return parent !== undefined && 'key' in parent && parent.key === node && 'computed' in parent && !parent.computed;
}

const isModuleName = (_node: SyntaxNode, parent: SyntaxNode | undefined): boolean =>
  parent?.type === 'CallExpression' && parent.callee.type === 'Identifier' && parent.callee.name === 'require';

/** Names of what counts calls for channelz. */
const bookkeepers = /channelz|event_?tracker|call_?tracker|stream_?tracker/i;

/** Calls of `trace` and `log`, and what is done for channelz: no client sees either. */
function isBookkeeping(node: SyntaxNode, source: string): boolean {
  switch (node.type) {
    case 'CallExpression':
    case 'OptionalCallExpression':
      return /(?:trace|log)$/i.test(calledName(node.callee)) || bookkeepers.test(pathOf(node.callee));
    case 'IfStatement':
    case 'ConditionalExpression':
      return bookkeepers.test(textOf(source, node.test));
    case 'AssignmentExpression':
      return bookkeepers.test(pathOf(node.left));
    case 'ExpressionStatement':
      return isBookkeeping(node.expression, source);
    default:
      return false;
  }
}

const calledName = (callee: { readonly type: string }): string => pathOf(callee).split('.').at(-1) ?? '';

/** `this.channelzTrace.addTrace`: the names of a chain of members. */
function pathOf(node: { readonly type: string }): string {
  if ('name' in node && typeof node.name === 'string') return node.name;
  if ('expressions' in node && Array.isArray(node.expressions)) return pathOf(node.expressions.at(-1));
  if (!('object' in node) || !('property' in node)) return '';
  return `${pathOf(node.object as SyntaxNode)}.${pathOf(node.property as SyntaxNode)}`;
}

function replaceOperator(node: SyntaxNode, source: string, table: Readonly<Record<string, string>>): readonly string[] {
  if (node.type !== 'BinaryExpression') return [];
  const other = Object.hasOwn(table, node.operator) ? table[node.operator] : undefined;
  return other === undefined || node.left.type === 'PrivateName' ? [] : [joined(node.left, other, node.right, source)];
}

const joined = (
  left: { readonly start?: number | null; readonly end?: number | null },
  operator: string,
  right: { readonly start?: number | null; readonly end?: number | null },
  source: string,
): string => `((${sliceOf(source, left)}) ${operator} (${sliceOf(source, right)}))`;

const sliceOf = (
  source: string,
  { start, end }: { readonly start?: number | null; readonly end?: number | null },
): string => source.slice(start ?? 0, end ?? 0);
