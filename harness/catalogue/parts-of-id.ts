/** The part of an id that never changes: `MSG-02` of `MSG-02-any-data-split`. */
export const shortId = (id: string): string => id.split('-', 2).join('-');

/** The area of a row id: `MSG` of `MSG-02-any-data-split`. */
export const areaOf = (id: string): string => id.split('-', 1)[0] ?? id;
