/** Wire types by number (encoding guide, "Message Structure"). */
export const wireTypes = { varint: 0, fixed64: 1, lengthPrefixed: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;
