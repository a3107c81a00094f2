import { joinOctets } from '../../../wire/join-octets';
import { errorCodes } from '../../../wire/error-codes';
import type { Field } from '../../../wire/hpack/field';
import type { FieldSpec } from '../../../wire/hpack/encoder';
import type { Frame, RawFrame } from '../../../wire/frame';
import { frameTypes } from '../../../wire/frame';
import type { FieldSection } from '../block-reader';
import type { Check, Fault, Scope } from '../policy';
import {
  joinSeams,
  type Inbound,
  type MakeSeams,
  type Outbound,
  type OutgoingSection,
  type Seams,
  type SeenStream,
  type ServerState,
  type Wire,
} from '../seams';
import type { Clause } from './mutant';

/** What mutants are made of: a rule of one shape breaks in the same few ways in every server. */

// ---- checks ----

/** The check is left out. @param when only for such faults */
export const leftOut = (check: Check, when: (fault: Fault) => boolean = () => true): Seams =>
  scoped(check, 'ignored', when);

/** What does not hold hurts something else than it should. */
export const scoped = (check: Check, scope: Scope, when: (fault: Fault) => boolean = () => true): Seams => ({
  policy: { judge: (own, correct, fault) => (own === check && when(fault) ? scope : correct) },
});

// ---- what comes in ----

/** Does something when a frame of that type comes in, and lets the frame pass. */
export const whenFrame =
  (type: Frame['type'], act: (frame: Frame, wire: Wire, server: ServerState) => void): MakeSeams =>
  (wire, server) => ({
    inbound: {
      frame: (frame) => {
        if (frame.type === type) act(frame, wire, server);
        return [frame];
      },
    },
  });

// ---- what goes out ----

/** Fields of a section, otherwise. */
type ChangeFields = (fields: readonly FieldSpec[], streamId: number) => readonly FieldSpec[];

const isInterim = ({ fields }: OutgoingSection): boolean => /^1\d\d$/.test(valueOf(fields, ':status') ?? '');
const begins = (section: OutgoingSection): boolean => valueOf(section.fields, ':status') !== undefined;

export const valueOf = (fields: readonly Field[], name: string): string | undefined =>
  fields.find((field) => field.name === name)?.value;

/** Response-Headers with messages behind them. */
export const isHeaders = (section: OutgoingSection): boolean =>
  !section.endStream && begins(section) && !isInterim(section);
/** Trailers after Response-Headers. */
export const isTrailers = (section: OutgoingSection): boolean => section.endStream && !begins(section);
export const isTrailersOnly = (section: OutgoingSection): boolean => section.endStream && begins(section);
/** The status that a section ends a call with. */
export const statusOf = ({ fields }: OutgoingSection): number => Number(valueOf(fields, 'grpc-status') ?? NaN);
/** True when that is not OK. */
export const isError = (section: OutgoingSection): boolean => statusOf(section) !== 0;

const onSections =
  (is: (section: OutgoingSection) => boolean) =>
  (change: ChangeFields): { readonly outbound: Outbound } => ({
    outbound: {
      section: (section) => [is(section) ? { ...section, fields: change(section.fields, section.streamId) } : section],
    },
  });

export const onHeaders = onSections(isHeaders);
export const onTrailers = onSections(isTrailers);
export const onTrailersOnly = onSections(isTrailersOnly);
/** The section that ends a call, whichever that is. */
export const onEnd = onSections(({ endStream }) => endStream);
/** The section that begins an answer, whichever that is. */
export const onBegin = onSections((section) => begins(section) && !isInterim(section));

/** One field otherwise, where it is there. */
export const changeField =
  (name: string, change: (value: string) => string): ChangeFields =>
  (fields) =>
    fields.map((field) => (field.name === name ? { ...field, value: change(field.value) } : field));

/** Another status for calls that end with such a grpc-message. */
export const statusWhere = (is: (message: string) => boolean, code: number): { readonly outbound: Outbound } =>
  onEnd((fields) =>
    is(valueOf(fields, 'grpc-message') ?? '') ? changeField('grpc-status', () => String(code))(fields, 0) : fields,
  );

export const addField =
  (name: string, value: string): ChangeFields =>
  (fields) => [...fields, { name, value }];

export const dropField =
  (name: string): ChangeFields =>
  (fields) =>
    fields.filter((field) => field.name !== name);

/** Response messages, otherwise; with how many of that stream went before. */
export const onMessages = (
  change: (message: Uint8Array, index: number, stream: SeenStream) => readonly Uint8Array[],
): { readonly seams: MakeSeams } => ({
  seams: () => {
    const count = countPerStream();
    return { outbound: { message: (message, stream) => change(message, count.next(stream.id), stream) } };
  },
});

/** Response messages of some methods, otherwise; with how many of that stream went before. */
export const onMessagesOf =
  (
    applies: (path: string) => boolean,
    change: (message: Uint8Array, index: number, stream: SeenStream, wire: Wire) => readonly Uint8Array[],
  ): MakeSeams =>
  (wire) => {
    const paths = rememberPaths();
    const counts = countPerStream();
    return {
      inbound: paths.inbound,
      outbound: {
        message: (message, stream) =>
          applies(paths.of(stream.id)) ? change(message, counts.next(stream.id), stream, wire) : [message],
      },
    };
  };

/** The connection ends together with calls that end with such a grpc-message. */
export const endingConnection = (is: RegExp, reason = 'what cannot be read'): { readonly seams: MakeSeams } => ({
  seams: (wire) => ({
    outbound: {
      section: (section) => {
        if (section.endStream && is.test(valueOf(section.fields, 'grpc-message') ?? ''))
          wire.fail(errorCodes.INTERNAL_ERROR, reason);
        return [section];
      },
    },
  }),
});

const onFrames = (change: (frame: RawFrame) => readonly RawFrame[]): { readonly outbound: Outbound } => ({
  outbound: { frame: change },
});

/** Frames of one type, otherwise. */
export const onFramesOf = (
  type: keyof typeof frameTypes,
  change: (frame: RawFrame) => readonly RawFrame[],
): { readonly outbound: Outbound } => onFrames((frame) => (frame.type === frameTypes[type] ? change(frame) : [frame]));

/** A message with another content behind a prefix that says how long it is. */
export function withContent(message: Uint8Array, content: Uint8Array): Uint8Array {
  const prefix = Uint8Array.from(message.subarray(0, 5));
  new DataView(prefix.buffer).setUint32(1, content.length);
  return joinOctets([prefix, content]);
}

// ---- what comes in ----

/** Fields of requests, otherwise. */
export const onRequests = (
  change: (fields: readonly Field[], streamId: number, section: FieldSection) => readonly Field[],
): { readonly inbound: Inbound } => ({
  inbound: { section: (section) => ({ ...section, fields: change(section.fields, section.streamId, section) }) },
});

/** Of these streams nothing goes out that is an answer; which they are may be known only later. */
export const withheld = (streams: ReadonlySet<number>): Pick<Outbound, 'section' | 'message'> => ({
  section: (section) => (streams.has(section.streamId) ? [] : [section]),
  message: (message, { id }) => (streams.has(id) ? [] : [message]),
});

/** Requests that are never answered. */
export const unanswered = (isSo: (fields: readonly Field[]) => boolean): { readonly seams: MakeSeams } => ({
  seams: () => {
    const ignored = new Set<number>();
    return {
      inbound: {
        section: (section) => {
          // Trailers are of no request of their own.
          if (section.fields.some(({ name }) => name.startsWith(':')) && isSo(section.fields))
            ignored.add(section.streamId);
          return section;
        },
      },
      outbound: {
        ...withheld(ignored),
        frame: (frame) => (frame.type === frameTypes.RST_STREAM && ignored.has(frame.streamId) ? [] : [frame]),
      },
    };
  },
});

/** Frames of the client, otherwise. */
export const onFramesIn = (change: (frame: Frame) => readonly Frame[]): { readonly inbound: Inbound } => ({
  inbound: { frame: change },
});

/** Counts for each stream on its own. */
export function countPerStream(): {
  readonly next: (streamId: number) => number;
  readonly of: (streamId: number) => number;
} {
  const counts = new Map<number, number>();
  return {
    next: (streamId) => {
      const count = counts.get(streamId) ?? 0;
      counts.set(streamId, count + 1);
      return count;
    },
    of: (streamId) => counts.get(streamId) ?? 0,
  };
}

/** Remembers the path of each request. */
export function rememberPaths(): { readonly inbound: Inbound; readonly of: (streamId: number) => string } {
  const paths = new Map<number, string>();
  return {
    inbound: {
      section: (section) => {
        const path = valueOf(section.fields, ':path');
        if (path !== undefined && !paths.has(section.streamId)) paths.set(section.streamId, path);
        return section;
      },
    },
    of: (streamId) => paths.get(streamId) ?? '',
  };
}

// ---- when ----

/** What a connection has been through, for mutants that strike only then. */
interface Past {
  /** Requests so far. */
  readonly requests: number;
  /** Calls that ended with another status than OK, or were reset by us. */
  readonly refused: number;
  /** Octets of DATA that went out. */
  readonly octets: number;
  /** Streams that are open. */
  readonly open: number;
}

/** The same, but only then. Decisions of a policy stay what they are. */
export function only(when: (past: Past) => boolean, says: string, base: Clause): Clause {
  const { inbound: _i, outbound: _o, policy: _p, seams: _s, ...rest } = base;
  return {
    ...rest,
    says: `${base.says}, ${says}`,
    seams: (wire, server) => gate(when, wire, base, base.seams?.(wire, server)),
  };
}

function gate(when: (past: Past) => boolean, wire: Wire, ...all: readonly (Seams | undefined)[]): Seams {
  const past = { requests: 0, refused: 0, octets: 0 };
  const seams = joinSeams(all.flatMap((one) => (one === undefined ? [] : [one])));
  const holds = (): boolean => when({ ...past, open: wire.streams().length });
  return {
    inbound: {
      frame: (frame) => (holds() ? seams.frameIn(frame) : [frame]),
      section: (section) => {
        past.requests += 1;
        return holds() ? seams.sectionIn(section) : section;
      },
    },
    outbound: {
      section: (section) => {
        const isStruck = holds();
        if (section.endStream && statusOf(section) !== 0) past.refused += 1;
        return isStruck ? seams.sectionOut(section) : [section];
      },
      message: (message, stream) => {
        past.octets += message.length;
        return holds() ? seams.messageOut(message, stream) : [message];
      },
      frame: (frame) => {
        if (frame.type === frameTypes.RST_STREAM) past.refused += 1;
        return holds() ? seams.frameOut(frame) : [frame];
      },
    },
  };
}

/** Only from the third request of a connection on. */
export const laterOnly = (base: Clause): Clause =>
  only(({ requests }) => requests >= 3, 'from the third request of a connection on', base);
/** Only while another stream is open. */
export const besideOnly = (base: Clause): Clause => only(({ open }) => open >= 2, 'while another stream is open', base);
/** Only once a call of the connection has ended with an error. */
export const afterRefusalOnly = (base: Clause): Clause =>
  only(({ refused }) => refused >= 1, 'once a call of the connection has ended with an error', base);
/** Only once the connection has carried more than a window of DATA. */
export const afterMuchOnly = (base: Clause): Clause =>
  only(({ octets }) => octets > 65_535, 'once a connection has carried more than 65,535 octets of answers', base);
