/** The statuses of gRPC by name (statuscodes.md). */
export const status = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type StatusName = keyof typeof status;

/** All names; the index of each is its number. */
export const statusNames = Object.keys(status) as readonly StatusName[];

/** The name of a status, or its number as text when it has none. */
export function statusName(number: number): string {
  return statusNames[number] ?? String(number);
}

/** Name and number as reports show them: `INTERNAL (13)`. */
export function describeStatus(number: number): string {
  const name = statusNames[number];
  return name === undefined ? String(number) : `${name} (${number})`;
}

/** The value of grpc-status as a number, or undefined when it is not decimal without leading zeros (PROTOCOL-HTTP2, Status). */
export function parseStatus(value: string): number | undefined {
  return /^(0|[1-9][0-9]*)$/.test(value) ? Number(value) : undefined;
}
