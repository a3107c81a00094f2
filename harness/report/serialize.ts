import type { ConnectionTranscript, Transcript, TranscriptEvent } from '../transcript/transcript';
import { base64Octets, decodeBase64, encodeBase64 } from './base64';
import type { SerializedTranscript } from './model';

/** How much of a transcript is kept, in octets. */
export interface TranscriptCaps {
  readonly perEvent: number;
  readonly total: number;
}

/**
 * 64 KiB: four DATA frames of the usual size in one event are kept whole. 1 MiB in all: more than any rule needs to be understood, and a run with fifty
 * findings stays a file that editors open.
 */
export const transcriptCaps: TranscriptCaps = { perEvent: 64 * 1024, total: 1024 * 1024 };

type SerializedEvent = SerializedTranscript['connections'][number]['events'][number];

/** A transcript as JSON. What exceeds the caps is left out from the end of its event, and counted in `omitted`. */
export function serializeTranscript(
  transcript: Transcript,
  caps: TranscriptCaps = transcriptCaps,
): SerializedTranscript {
  let left = caps.total;
  const serializeEvent = (event: TranscriptEvent): SerializedEvent => {
    if (event.kind !== 'sent' && event.kind !== 'received') return event;
    const kept = Math.min(event.octets.length, caps.perEvent, left);
    left -= kept;
    const base64 = encodeBase64(event.octets.subarray(0, kept));
    const omitted = event.octets.length - kept;
    return { ...event, octets: omitted === 0 ? { base64 } : { base64, omitted } };
  };
  return {
    ...transcript,
    connections: transcript.connections.map(({ name, events }) => ({ name, events: events.map(serializeEvent) })),
  };
}

/** A serialized transcript of at most so many octets: the start of it, as if it had been serialized so. */
export function trimTranscript(serialized: SerializedTranscript, total: number): SerializedTranscript {
  if (serializedSize(serialized) <= total) return serialized;
  let left = total;
  const trimEvent = (event: SerializedEvent): SerializedEvent => {
    if (event.kind !== 'sent' && event.kind !== 'received') return event;
    const size = base64Octets(event.octets.base64);
    // Three octets are four characters: a cut between them needs no decoding.
    const kept = size <= left ? size : left - (left % 3);
    left -= kept;
    if (kept === size) return event;
    const base64 = event.octets.base64.slice(0, (kept / 3) * 4);
    return { ...event, octets: { base64, omitted: (event.octets.omitted ?? 0) + size - kept } };
  };
  return {
    ...serialized,
    connections: serialized.connections.map(({ name, events }) => ({ name, events: events.map(trimEvent) })),
  };
}

/** Octets that a serialized transcript lacks. */
export interface Omission {
  readonly connection: string;
  readonly direction: 'sent' | 'received';
  readonly octets: number;
}

/**
 * The transcript again. Where octets were left out, the rest of that direction of the connection cannot be told into frames any more: it is dropped and
 * said in `omissions`.
 */
export function deserializeTranscript(serialized: SerializedTranscript): {
  readonly transcript: Transcript;
  readonly omissions: readonly Omission[];
} {
  const omissions: Omission[] = [];
  const connections = serialized.connections.map(({ name, events }): ConnectionTranscript => {
    const lost = { sent: 0, received: 0 };
    const kept: TranscriptEvent[] = [];
    for (const event of events) {
      if (event.kind !== 'sent' && event.kind !== 'received') {
        kept.push(event);
        continue;
      }
      const octets = decodeBase64(event.octets.base64);
      const omitted = event.octets.omitted ?? 0;
      if (lost[event.kind] > 0) {
        lost[event.kind] += octets.length + omitted;
      } else {
        if (octets.length > 0) kept.push({ ...event, octets });
        lost[event.kind] = omitted;
      }
    }
    for (const direction of ['sent', 'received'] as const) {
      if (lost[direction] > 0) omissions.push({ connection: name, direction, octets: lost[direction] });
    }
    return { name, events: kept };
  });
  return { transcript: { ...serialized, connections }, omissions };
}

/** Octets that a serialized transcript holds, those left out not counted. */
export function serializedSize(serialized: SerializedTranscript): number {
  let size = 0;
  for (const { events } of serialized.connections) {
    for (const event of events) {
      if (event.kind !== 'sent' && event.kind !== 'received') continue;
      size += base64Octets(event.octets.base64);
    }
  }
  return size;
}
