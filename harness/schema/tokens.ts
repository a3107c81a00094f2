import { ConformError } from '../error';
import { quoteName } from './schema-limits';

/** A token of a .proto file (https://protobuf.dev/reference/protobuf/proto3-spec/#lexical_elements). */
export interface Token {
  readonly kind: 'identifier' | 'number' | 'string' | 'symbol' | 'end';
  /** As written; of a string what stands between the quotes. */
  readonly text: string;
  /** Offset in the source. */
  readonly at: number;
}

const space = /[\s\ufeff]+/y;
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?/y;

/** Reads the tokens of one .proto file, one by one. */
export class Tokens {
  readonly #source: string;
  readonly #file: string;
  #at = 0;
  /** Read, but not taken. */
  readonly #ahead: Token[] = [];
  /** Offsets at which lines begin; found when the first place is asked for. */
  #lines: readonly number[] | undefined;

  constructor(source: string, file: string) {
    this.#source = source;
    this.#file = file;
  }

  /** The next token, or one behind it, which stays where it is. */
  peek(distance = 0): Token {
    while (this.#ahead.length <= distance) this.#ahead.push(this.#read());
    return this.#ahead[distance]!;
  }

  take(): Token {
    const token = this.peek();
    this.#ahead.shift();
    return token;
  }

  /** Takes the next token if it is that symbol or that word. */
  skip(text: string): boolean {
    const token = this.peek();
    const isIt = token.text === text && (token.kind === 'symbol' || token.kind === 'identifier');
    if (isIt) this.take();
    return isIt;
  }

  /** @throws ConformError ERR_SCHEMA when the next token is another. */
  expect(text: string): void {
    if (!this.skip(text)) this.fail(`expected "${text}"`);
  }

  /** @throws ConformError ERR_SCHEMA when the next token is no identifier. */
  identifier(what: string): Token {
    return this.peek().kind === 'identifier' ? this.take() : this.fail(`expected ${what}`);
  }

  /** Strings that follow each other are one. */
  string(what: string): string {
    if (this.peek().kind !== 'string') this.fail(`expected ${what} in quotes`);
    let text = '';
    while (this.peek().kind === 'string') text += this.take().text;
    return text;
  }

  /**
   * Refuses the source at a token, the next one unless told otherwise.
   * @throws ConformError ERR_SCHEMA always: `file:line:column: problem`
   */
  fail(problem: string, token = this.peek()): never {
    const found =
      token.kind === 'end' ? 'the end of the file' : token.kind === 'string' ? 'a string' : quoteName(token.text);
    const isAbout = problem.startsWith('expected ');
    throw new ConformError('ERR_SCHEMA', `${this.where(token)}: ${problem}${isAbout ? `, found ${found}` : ''}`);
  }

  /** `file:line:column` of a token, both from 1. */
  where({ at }: Token): string {
    this.#lines ??= lineStarts(this.#source);
    let low = 0;
    for (let high = this.#lines.length; high - low > 1;) {
      const middle = (low + high) >> 1;
      if (this.#lines[middle]! <= at) low = middle;
      else high = middle;
    }
    return `${this.#file}:${low + 1}:${at - this.#lines[low]! + 1}`;
  }

  #read(): Token {
    this.#skipSpace();
    const at = this.#at;
    if (at >= this.#source.length) return { kind: 'end', text: '', at };
    const word = this.#match(identifier);
    if (word !== undefined) return { kind: 'identifier', text: word, at };
    const digits = this.#match(number);
    if (digits !== undefined) return { kind: 'number', text: digits, at };
    const text = this.#source[at]!;
    if (text === '"' || text === "'") return this.#readString(text);
    this.#at++;
    const token: Token = { kind: 'symbol', text, at };
    if (!'{}[]()<>=;,.:-+/'.includes(text)) this.fail(`${quoteName(text)} does not belong into a .proto file`, token);
    return token;
  }

  #skipSpace(): void {
    const source = this.#source;
    for (;;) {
      this.#match(space);
      if (source.startsWith('//', this.#at)) {
        const end = source.indexOf('\n', this.#at);
        this.#at = end === -1 ? source.length : end;
      } else if (source.startsWith('/*', this.#at)) {
        const end = source.indexOf('*/', this.#at + 2);
        if (end === -1) this.fail('a comment that does not end', { kind: 'symbol', text: '/*', at: this.#at });
        this.#at = end + 2;
      } else return;
    }
  }

  #readString(quote: string): Token {
    const start = this.#at;
    for (let at = start + 1; at < this.#source.length && this.#source[at] !== '\n'; at++) {
      if (this.#source[at] === '\\') at++;
      else if (this.#source[at] === quote) {
        this.#at = at + 1;
        return { kind: 'string', text: this.#source.slice(start + 1, at), at: start };
      }
    }
    return this.fail('a string that does not end on its line', { kind: 'symbol', text: quote, at: start });
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#source)?.[0];
    if (text !== undefined) this.#at += text.length;
    return text;
  }
}

function lineStarts(source: string): readonly number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
