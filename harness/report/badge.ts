import { describeBroken, describeJudged, type RunScore } from './run-score';

/** What colours mean, and no badge is green that was given too little to say so; white text has a contrast of 4.5 to 1 on each. */
const colours = { broken: '#b02a1f', warned: '#8a5a00', held: '#1d6b3c', unknown: '#4d5763' } as const;

/** Pixels of a letter of 11 px in the widest of the fonts below, on average; text is squeezed or stretched to what is reserved for it. */
const letter = 6.6;
const padding = 7;
const height = 20;

/**
 * A badge of a run as SVG, with no text but ours and two numbers. It never says conformant: it says how many of how many rules were judged, and what of them is broken, known
 * deviations included.
 */
export function renderBadge(score: RunScore): string {
  const left = 'gRPC';
  const right = `${describeJudged(score)}, ${describeBroken(score)}`;
  const [leftWidth, rightWidth] = [left, right].map((text) => Math.round(text.length * letter) + 2 * padding) as [
    number,
    number,
  ];
  const width = leftWidth + rightWidth;
  const label = (text: string, x: number, room: number): string =>
    `<text x="${x + padding}" y="14" textLength="${room - 2 * padding}">${text}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" role="img" aria-label="${left}: ${right}">`,
    `<title>${left}: ${right}</title>`,
    `<clipPath id="c"><rect width="${width}" height="${height}" rx="4"/></clipPath>`,
    '<g clip-path="url(#c)">',
    `<rect width="${leftWidth}" height="${height}" fill="#30363d"/>`,
    `<rect x="${leftWidth}" width="${rightWidth}" height="${height}" fill="${colours[kindOf(score)]}"/>`,
    '</g>',
    '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">',
    label(left, 0, leftWidth),
    label(right, leftWidth, rightWidth),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function kindOf({ failing, warning, judged, of, isPartial }: RunScore): keyof typeof colours {
  if (failing > 0) return 'broken';
  if (warning > 0) return 'warned';
  // Green is for who was looked at: less than half of the rules is no such thing.
  return isPartial || judged * 2 < of ? 'unknown' : 'held';
}
