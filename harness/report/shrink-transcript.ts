import { base64Octets } from './base64';
import type { SerializedTranscript } from './model';

type SerializedEvent = SerializedTranscript['connections'][number]['events'][number];

/**
 * Keeps the start of a transcript, so many characters of JSON of it, since later octets mean nothing without earlier ones, and whatever is on no wire. What is missing
 * is counted.
 */
export function shrinkTranscript(transcript: SerializedTranscript, share: number): SerializedTranscript {
  let left = share;
  const connections = transcript.connections.map(({ name, events }) => {
    const lost = new Set<string>();
    const kept = events.flatMap((event): readonly SerializedEvent[] => {
      left -= JSON.stringify(event).length;
      if (left >= 0 || (event.kind !== 'sent' && event.kind !== 'received')) return [event];
      // One event stands for all that are missing in its direction.
      if (lost.has(event.kind)) return [];
      lost.add(event.kind);
      return [{ ...event, octets: { base64: '', omitted: missingOctets(events, event) } }];
    });
    return { name, events: kept };
  });
  return { ...transcript, connections };
}

function missingOctets(events: readonly SerializedEvent[], from: SerializedEvent): number {
  let octets = 0;
  for (const event of events.slice(events.indexOf(from))) {
    if ((event.kind === 'sent' || event.kind === 'received') && event.kind === from.kind) {
      octets += base64Octets(event.octets.base64) + (event.octets.omitted ?? 0);
    }
  }
  return octets;
}
