/** Octets that each field counts beside its name and value (RFC 9113 §6.5.2). */
const fieldOverhead = 32;

/** The size of a list of fields as SETTINGS_MAX_HEADER_LIST_SIZE counts it, in octets; names and values have one character per octet. */
export function headerListSize(fields: readonly { readonly name: string; readonly value: string }[]): number {
  return fields.reduce((total, { name, value }) => total + name.length + value.length + fieldOverhead, 0);
}
