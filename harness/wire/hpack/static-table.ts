import type { Field, TableMatch } from './field';

const row = (name: string, value = ''): Field => ({ name, value });

/** The static table (RFC 7541 Appendix A): entry 1 is the first. */
export const staticTable: readonly Field[] = [
  row(':authority'),
  row(':method', 'GET'),
  row(':method', 'POST'),
  row(':path', '/'),
  row(':path', '/index.html'),
  row(':scheme', 'http'),
  row(':scheme', 'https'),
  row(':status', '200'),
  row(':status', '204'),
  row(':status', '206'),
  row(':status', '304'),
  row(':status', '400'),
  row(':status', '404'),
  row(':status', '500'),
  row('accept-charset'),
  row('accept-encoding', 'gzip, deflate'),
  row('accept-language'),
  row('accept-ranges'),
  row('accept'),
  row('access-control-allow-origin'),
  row('age'),
  row('allow'),
  row('authorization'),
  row('cache-control'),
  row('content-disposition'),
  row('content-encoding'),
  row('content-language'),
  row('content-length'),
  row('content-location'),
  row('content-range'),
  row('content-type'),
  row('cookie'),
  row('date'),
  row('etag'),
  row('expect'),
  row('expires'),
  row('from'),
  row('host'),
  row('if-match'),
  row('if-modified-since'),
  row('if-none-match'),
  row('if-range'),
  row('if-unmodified-since'),
  row('last-modified'),
  row('link'),
  row('location'),
  row('max-forwards'),
  row('proxy-authenticate'),
  row('proxy-authorization'),
  row('range'),
  row('referer'),
  row('refresh'),
  row('retry-after'),
  row('server'),
  row('set-cookie'),
  row('strict-transport-security'),
  row('transfer-encoding'),
  row('user-agent'),
  row('vary'),
  row('via'),
  row('www-authenticate'),
];

const firstIndexOf = new Map<string, number>();
for (const [position, { name }] of staticTable.entries()) {
  if (!firstIndexOf.has(name)) firstIndexOf.set(name, position + 1);
}

/** Where the static table has a field, else its name; entries of one name stand together. */
export function findStatic(field: Field): TableMatch | undefined {
  const first = firstIndexOf.get(field.name);
  if (first === undefined) return undefined;
  for (let index = first; staticTable[index - 1]?.name === field.name; index++) {
    if (staticTable[index - 1]?.value === field.value) return { index, hasValue: true };
  }
  return { index: first, hasValue: false };
}
