import { parse } from '@babel/parser';

/** A statement of JavaScript, with the offsets of its text. */
export type Statement = ReturnType<typeof parse>['program']['body'][number];

/** An expression of JavaScript. */
export type Expression = Extract<Statement, { type: 'ExpressionStatement' }>['expression'];

/** What operators look at; everything else of a tree is passed through. */
export type SyntaxNode = Statement | Expression;

/** A node and those around it, the nearest first. */
export interface Place {
  readonly node: SyntaxNode;
  readonly parents: readonly SyntaxNode[];
}

/** Every node of a CommonJS file that runs, in the order of its text. @throws SyntaxError for a text that is no JavaScript. */
export function placesOf(source: string): readonly Place[] {
  const places: Place[] = [];
  const program = parse(source, { sourceType: 'script' }).program;
  for (const statement of program.body) visit(statement, [], places);
  return places;
}

function visit(node: SyntaxNode, parents: readonly SyntaxNode[], places: Place[]): void {
  places.push({ node, parents });
  const around = [node, ...parents];
  for (const value of Object.values(node)) {
    for (const child of (Array.isArray(value) ? value : [value]) as readonly unknown[]) {
      if (isNode(child)) visit(child, around, places);
    }
  }
}

/** Comments and positions are objects with a type or with offsets, but never with both and a place in the tree. */
function isNode(value: unknown): value is SyntaxNode {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('start' in value)) return false;
  return value.type !== 'CommentBlock' && value.type !== 'CommentLine';
}

/** The text of a node. */
export function textOf(source: string, { start, end }: SyntaxNode): string {
  return source.slice(start ?? 0, end ?? 0);
}
