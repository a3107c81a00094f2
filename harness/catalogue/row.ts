import type { Level, Requirement, Source } from './requirement';

/** What is known of a row beside its rule: plain sentences, for whoever tests it and for whoever is accused by it. */
export interface RowText {
  /** What the client sends, and over what it varies. */
  readonly sends: string;
  /** What a server that keeps the rule does. */
  readonly passes: string;
  /** What is warned about, or only recorded, though a stricter reading could call it a failure. */
  readonly warns?: string;
  /** What breaks the rule. */
  readonly fails: string;
  /** What the target must offer; `any` server will do when it needs no handler. */
  readonly needs: string;
  /** What known servers do, where that differs in a way that a check has to live with. A hint: servers change. */
  readonly servers?: string;
  /** Cases of h2spec about the same, by their paths: `http2/6.5.3/2`. */
  readonly h2spec?: readonly string[];
  /** Why it binds though no single sentence says it: what it follows from. Every MUST has a sentence or this. */
  readonly follows?: string;
  /** What the check that is built does not look at yet. */
  readonly hole?: string;
  /** True for rows that matter most to the users of a server. */
  readonly matters?: true;
}

/** What a row says; its id is the key that it stands under. */
export interface RowDefinition extends Requirement, RowText {}

/** Words for demands of one level: a row's with its text, one of no row without. */
interface Define {
  (sources: Source | readonly Source[], rule: string, text: RowText): RowDefinition;
  (sources: Source | readonly Source[], rule: string): Requirement;
}

const define = (level: Level): Define =>
  ((sources: Source | readonly Source[], rule: string, text?: RowText) => ({
    level,
    sources: Array.isArray(sources) ? (sources as readonly Source[]) : [sources as Source],
    rule,
    ...text,
  })) as Define;

/** A rule with a normative MUST (or a lower-case "must" of a gRPC document), or one that what a document defines leaves no choice about. */
export const must = define('must');
/** A normative recommendation. */
export const should = define('should');
/** Permitted behaviour: the row pins what is not allowed around it. */
export const may = define('may');
/** Written in no specification, but all or nearly all servers do it, or a real user depends on it. */
export const convention = define('convention');

/** The rows of one area, by their permanent ids; the compiler checks that each begins with the area and a number. */
export const rows = <Area extends string, Rows extends Readonly<Record<string, RowDefinition>>>(
  _area: Area,
  table: Rows & Readonly<Record<Exclude<keyof Rows, `${Area}-${number}-${string}`>, never>>,
): Rows => table;
