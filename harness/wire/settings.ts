/** Identifiers of settings: RFC 9113 §6.5.2, RFC 8441 §3, RFC 9218 §2.1, and the one that gRPC reserves for binary metadata. */
export const settingIds = {
  HEADER_TABLE_SIZE: 0x1,
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
  ENABLE_CONNECT_PROTOCOL: 0x8,
  NO_RFC7540_PRIORITIES: 0x9,
  GRPC_ALLOW_TRUE_BINARY_METADATA: 0xfe03,
} as const;

/** The name of a setting that we know. */
export type SettingName = keyof typeof settingIds;

/** One parameter of a SETTINGS frame: an identifier of 16 bits and a value of 32 bits, legal or not. */
export interface Setting {
  readonly id: number;
  readonly value: number;
}

/** What holds before the first SETTINGS frame (RFC 9113 §6.5.2); `Infinity` where the RFC sets no limit. */
export const initialSettings: Readonly<Record<SettingName, number>> = {
  HEADER_TABLE_SIZE: 4096,
  ENABLE_PUSH: 1,
  MAX_CONCURRENT_STREAMS: Infinity,
  INITIAL_WINDOW_SIZE: 65535,
  MAX_FRAME_SIZE: 16384,
  MAX_HEADER_LIST_SIZE: Infinity,
  ENABLE_CONNECT_PROTOCOL: 0,
  NO_RFC7540_PRIORITIES: 0,
  GRPC_ALLOW_TRUE_BINARY_METADATA: 0,
};

/** The largest flow-control window, and so the largest INITIAL_WINDOW_SIZE, in octets (RFC 9113 §6.9.1, §6.5.2). */
export const maxWindow = 0x7fff_ffff;

/** The longest payload that the length field of a frame can say, and so the largest MAX_FRAME_SIZE, in octets (RFC 9113 §4.1, §6.5.2). */
export const maxFrameLength = 0xff_ffff;

const names = new Map<number, string>(Object.entries(settingIds).map(([name, id]) => [id, name]));

/** The name of a setting, or its identifier in hexadecimal when we know none. */
export function settingName(id: number): string {
  return names.get(id) ?? `0x${id.toString(16)}`;
}
