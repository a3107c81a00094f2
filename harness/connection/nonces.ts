import { randomInt } from 'node:crypto';
import { replaceOctets } from '../wire/replace-octets';
import type { Script, Step } from './script';

/**
 * Characters of a nonce. Each has five bits in the Huffman code of HPACK (RFC 7541 appendix B), so that a script is as long on the wire each time that it
 * is played.
 */
const alphabet = '012aceiost';

/** Characters of every nonce: 10^20 of them, so that no two plays ever share one. */
export const nonceLength = 20;

/** What stands for the nonce of that number in a script, as long as the nonce itself. Not a word that any other value is made of. */
export const nonceMark = (index: number): string => `~nonce${String(index).padStart(nonceLength - 7, '0')}~`;

/** A fresh nonce. */
export const drawNonce = (): string =>
  Array.from({ length: nonceLength }, () => alphabet[randomInt(alphabet.length)]).join('');

/**
 * The steps of a script with a fresh nonce in place of each mark that it declares, in field values, in DATA octets, and in the frames of floods: what a target keeps under a name, it keeps
 * for one play, however many plays of one script run side by side. Steps without a mark stay the very same.
 */
export function fillNonces({ steps, nonces = [] }: Script, draw = drawNonce): readonly Step[] {
  if (nonces.length === 0) return steps;
  const drawn = nonces.map((mark) => ({ mark, nonce: draw() }));
  const inText = (text: string): string => drawn.reduce((all, { mark, nonce }) => all.replaceAll(mark, nonce), text);
  const inOctets = (octets: Uint8Array): Uint8Array =>
    drawn.reduce((all, { mark, nonce }) => replaceOctets(all, mark, nonce), octets);
  return steps.map((step): Step => {
    if (step.do === 'headers') {
      const fields = step.fields.map((field) => ({ ...field, value: inText(field.value) }));
      return fields.every(({ value }, index) => value === step.fields[index]?.value) ? step : { ...step, fields };
    }
    if (step.do === 'flood') {
      const frames = step.frames.map((frame) => {
        const payload = inOctets(frame.payload);
        return payload === frame.payload ? frame : { ...frame, payload };
      });
      return frames.every((frame, index) => frame === step.frames[index]) ? step : { ...step, frames };
    }
    if (step.do !== 'data') return step;
    const octets = inOctets(step.octets);
    return octets === step.octets ? step : { ...step, octets };
  });
}
