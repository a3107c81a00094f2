/** One way in which a secret may be written. One character per octet. */
export interface SecretForm {
  readonly text: string;
  /** True: the character in front of it, or behind it, holds bits of the secret and bits of its neighbour (base64). */
  readonly isMixedBefore?: boolean;
  readonly isMixedAfter?: boolean;
}

/** Of a longer text only the nearest forms are looked for, so that a token of many kilobytes does not cost more than the run. Characters. */
const longestForAllForms = 4096;

/**
 * The forms in which a text may come back that no escape explains: as it is, backwards, in hexadecimal digits, in UTF-16, and in base64 as a part of
 * whatever else was encoded with it, once or twice over.
 */
export function formsOf(text: string): readonly SecretForm[] {
  const once = base64Forms(text);
  if (text.length > longestForAllForms) return [{ text }, ...once];
  return [
    { text },
    { text: [...text].reverse().join('') },
    { text: Buffer.from(text, 'latin1').toString('hex') },
    { text: [...text].join('\0') },
    ...once,
    ...once.flatMap((form) => base64Forms(form.text)),
  ];
}

/**
 * What base64 of any octets that contain the text contains for certain: three octets make four characters, so it depends on where in a group of three the text
 * begins, and characters that hold bits of its neighbours can be any.
 */
function base64Forms(text: string): readonly SecretForm[] {
  return (['base64', 'base64url'] as const).flatMap((encoding) =>
    [0, 1, 2].map((before): SecretForm => {
      const octets = Buffer.concat([Buffer.alloc(before), Buffer.from(text, 'latin1')]);
      const from = Math.ceil((before * 8) / 6);
      const to = Math.floor((octets.length * 8) / 6);
      return {
        text: octets.toString(encoding).slice(from, to),
        isMixedBefore: before > 0,
        isMixedAfter: (octets.length * 8) % 6 > 0,
      };
    }),
  );
}
