import { readConnection } from '../transcript/read-connection';
import type { Transcript } from '../transcript/transcript';
import type { Call } from '../grpc/call';
import type { Observation } from '../grpc/observation';
import { observeCalls } from '../grpc/observe';
import { hasConnectionError } from '../rules/reaction';
import type { SerializedTranscript } from '../report/model';
import { serializeTranscript, transcriptCaps } from '../report/serialize';
import type { Experiment } from './executor';

/** Octets of a flood, or of what answers one of ours, that a report keeps: what comes later is more of the same. */
const floodCaps = { perEvent: 64 * 1024, total: 64 * 1024 };

/** Fields of one block that are still of use when a call has been judged. */
const mostFields = 100;

/** The transcript as reports keep it. */
export function recordTranscript({ transcript, connections }: Observation): SerializedTranscript {
  return serializeTranscript(
    transcript,
    connections.some(({ overflowed, attacked }) => overflowed || attacked) ? floodCaps : transcriptCaps,
  );
}

/** True when the damage went beyond a stream: a connection error, or a connection that serves no fresh call. */
export function hurtsConnection(seen: Observation): boolean {
  return (
    seen.connections.some(hasConnectionError) ||
    seen.allCalls.some(({ plan, shape }) => plan.role === 'afterwards' && (shape === 'open' || shape === 'closed')) ||
    seen.transcript.abandoned !== undefined
  );
}

/** Octets of memory that one judged input may take. */
const mostKept = 512 * 1024;

/**
 * A judged input as far as anybody may still ask about it: without octets, packets and messages where they take much memory.
 * @param cost octets of memory that its playback takes
 */
export function condense(experiment: Experiment, cost: number): Experiment {
  if (cost <= mostKept) return experiment;
  const { judgement } = experiment;
  const { seen } = judgement;
  return {
    ...experiment,
    hurtsConnection: hurtsConnection(seen),
    transcript: recordTranscript(seen),
    judgement: { ...judgement, seen: condenseObservation(seen) },
  };
}

function condenseObservation({ plan, transcript, allCalls }: Observation): Observation {
  const kept: Transcript = {
    ...transcript,
    connections: transcript.connections.map(({ name, events }) => ({
      name,
      events: events.filter(({ kind }) => kind !== 'sent' && kind !== 'received'),
    })),
  };
  const connections = kept.connections.map((connection) => readConnection(connection));
  return observeCalls(plan, kept, connections, allCalls.map(condenseCall));
}

function condenseCall(call: Call): Call {
  const { headers, trailers } = call;
  return {
    ...call,
    messages: [],
    ...(headers === undefined ? {} : { headers: headers.slice(0, mostFields) }),
    ...(trailers === undefined ? {} : { trailers: trailers.slice(0, mostFields) }),
  };
}
