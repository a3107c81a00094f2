import pc from 'picocolors';
import type { PropertyVerdict } from '../model';

type Paint = (text: string) => string;

/** Colours by meaning. Without colour every function returns its text; every verdict is a word, so nothing is lost. */
export interface Palette {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly verdict: (verdict: PropertyVerdict, text: string) => string;
}

/** The palette for a terminal with or without colours. */
export function palette(color: boolean): Palette {
  const colors = pc.createColors(color);
  const verdicts: Readonly<Record<PropertyVerdict, Paint>> = {
    fail: colors.red,
    lost: colors.red,
    stale: colors.magenta,
    error: colors.magenta,
    warn: colors.yellow,
    flaky: colors.yellow,
    known: colors.cyan,
    blocked: colors.yellow,
    untestable: colors.dim,
    'not-run': colors.dim,
    skipped: colors.dim,
    info: colors.blue,
    pass: colors.green,
  };
  return { bold: colors.bold, dim: colors.dim, verdict: (verdict, text) => verdicts[verdict](text) };
}
