import { isGrpcContentType } from '../grpc/content-type';
import { fieldValue, fieldValues } from '../grpc/metadata';
import type { Field } from '../wire/hpack/decoder';
import type { FieldBlock } from '../transcript/connection-view';
import { httpAnswerBreach } from './http-answers';
import { quoted } from './quoted';
import { callRule, type CallMoment, type RuleBreach } from './rule';

/** Octets of a value that fit into a line of a report. */
const shown = 80;

const quote = (text: string): string => quoted(text, shown);

const statusOf = ({ fields }: FieldBlock): string | undefined => fieldValue(fields, ':status');

const isInterim = (block: FieldBlock): boolean => /^1\d\d$/.test(statusOf(block) ?? '');

/** The first field block of an answer that is not interim. */
export function finalBlock({ before, packet: { block } }: CallMoment): FieldBlock | undefined {
  const isFirst = before.phase === 'idle' || before.phase === 'interim';
  return block !== undefined && isFirst && !isInterim(block) ? block : undefined;
}

function interimBlock({ before, packet: { block } }: CallMoment): FieldBlock | undefined {
  const isFirst = before.phase === 'idle' || before.phase === 'interim';
  return block !== undefined && isFirst && isInterim(block) ? block : undefined;
}

/** A field block that begins an answer, or an interim one before it. */
export const anyFirstBlock = (moment: CallMoment): FieldBlock | undefined => finalBlock(moment) ?? interimBlock(moment);

/** A field block after Response-Headers. */
export const laterBlock = ({ before, packet: { block } }: CallMoment): FieldBlock | undefined =>
  before.phase === 'body' ? block : undefined;

/** Response-Headers or the one block of a Trailers-Only answer that begin with :status 200, to a legal request. */
const gRpcBlock = (moment: CallMoment): FieldBlock | undefined => {
  const block = finalBlock(moment);
  return block !== undefined && moment.plan.legal && statusOf(block) === '200' ? block : undefined;
};

/** PROTOCOL-HTTP2 Responses, RFC 9113 §8.3.2: one :status, of 200, in front. */
export const status200 = callRule('RESP-01-status-200', {
  packet: {
    looksAt: (moment) => anyFirstBlock(moment) !== undefined,
    breach: (moment) => {
      const { block } = moment.packet;
      if (block === undefined) return undefined;
      const breaches = findPseudoFaults(block.fields);
      if (interimBlock(moment) !== undefined) return breaches;
      const wrong = judgeStatus(moment, block);
      return wrong === undefined ? breaches : [...breaches, wrong];
    },
  },
});

function findPseudoFaults(fields: readonly Field[]): readonly RuleBreach[] {
  const breaches: RuleBreach[] = [];
  let regular = false;
  for (const { name } of fields) {
    regular ||= !name.startsWith(':');
    if (!name.startsWith(':')) continue;
    const expected = 'fields that HTTP/2 allows in a response';
    if (name !== ':status') {
      const observed = `field ${quote(name)}: only :status may stand in a response`;
      breaches.push({ observed, expected, reaction: 'unexpected pseudo-header field' });
    } else if (regular) {
      const observed = `field ${quote(name)}: it stands after a regular field`;
      breaches.push({ observed, expected, reaction: ':status not first' });
    }
  }
  return breaches;
}

function judgeStatus({ plan }: CallMoment, block: FieldBlock): RuleBreach | undefined {
  const statuses = fieldValues(block.fields, ':status');
  const [status] = statuses;
  if (statuses.length !== 1 || status === undefined || !/^\d{3}$/.test(status)) {
    return {
      observed:
        statuses.length === 0
          ? 'Response-Headers without :status'
          : `:status fields ${statuses.map(quote).join(' and ')}`,
      expected: 'exactly one :status, of 200',
      reaction: statuses.length === 0 ? 'no :status' : 'bad :status',
    };
  }
  return plan.legal ? judgeHttpStatus(plan, status, 'RESP-01-status-200') : undefined;
}

/** A plain HTTP answer counts once, under the row that it breaks. */
function judgeHttpStatus(plan: CallMoment['plan'], status: string, row: string): RuleBreach | undefined {
  if (status === '200') return undefined;
  const { rule, severity } = httpAnswerBreach(plan, Number(status));
  if (rule !== row) return undefined;
  return {
    observed: `:status ${quote(status)} in answer to a legal gRPC request`,
    expected: ':status 200',
    reaction: `HTTP ${status}`,
    ...(severity === undefined ? {} : { severity }),
  };
}

/** A router's answer to a path that nobody serves. */
export const unknownMethod = callRule('REQ-21-unknown-service-or-method', {
  packet: {
    looksAt: (moment) => moment.plan.legal && moment.plan.kind === 'unknown' && finalBlock(moment) !== undefined,
    breach: ({ plan, packet: { block } }) => {
      const [status, ...others] = fieldValues(block?.fields ?? [], ':status');
      if (status === undefined || others.length > 0 || !/^\d{3}$/.test(status)) return undefined;
      return judgeHttpStatus(plan, status, 'REQ-21-unknown-service-or-method');
    },
  },
});

function judgeContentType({ fields }: FieldBlock): RuleBreach | undefined {
  const values = fieldValues(fields, 'content-type');
  if (values.length === 1 && values.every(isGrpcContentType)) return undefined;
  return {
    observed: values.length === 0 ? 'no content-type' : `content-type ${values.map(quote).join(' and ')}`,
    expected: 'exactly one content-type that begins with application/grpc',
    reaction: values.length === 0 ? 'no content-type' : 'bad content-type',
  };
}

/** A Trailers-Only answer without content-type breaks its own shape; every other fault is {@link contentType}'s. */
const lacksShape = (block: FieldBlock): boolean =>
  block.endStream && fieldValues(block.fields, 'content-type').length === 0;

/** PROTOCOL-HTTP2 Responses. */
export const contentType = callRule('RESP-03-content-type', {
  packet: {
    looksAt: (moment) => gRpcBlock(moment) !== undefined,
    breach: (moment) => {
      const block = gRpcBlock(moment);
      return block === undefined || lacksShape(block) ? undefined : judgeContentType(block);
    },
  },
});

/** PROTOCOL-HTTP2 Responses: Trailers-Only. */
export const trailersOnlyShape = callRule('TRAIL-05-trailers-only-shape', {
  packet: {
    looksAt: (moment) => gRpcBlock(moment)?.endStream === true,
    breach: (moment) => {
      const block = gRpcBlock(moment);
      return block !== undefined && lacksShape(block) ? judgeContentType(block) : undefined;
    },
  },
});

/** Fields that have their place: status in the trailers, the rest in front. */
export const fieldsInTheirBlock = callRule('RESP-11-fields-in-their-block', {
  packet: {
    looksAt: (moment) => moment.isGrpcBody && (finalBlock(moment) ?? laterBlock(moment)) !== undefined,
    breach: (moment) => {
      const { block } = moment.packet;
      if (block === undefined) return undefined;
      if (finalBlock(moment) !== undefined) {
        return ['grpc-status', 'grpc-message']
          .filter((name) => hasField(block.fields, name))
          .map((name) => ({
            observed: `${name} in Response-Headers without END_STREAM`,
            expected: `${name} in the trailers alone`,
            reaction: `${name} in headers`,
          }));
      }
      const headers = moment.before.headers ?? [];
      return ['content-type', 'grpc-encoding']
        .filter((name) => hasField(headers, name) && hasField(block.fields, name))
        .map((name) => ({
          observed: `${name} in Response-Headers and again in the trailers`,
          expected: 'header fields in the header block alone',
          reaction: `${name} repeated in trailers`,
          severity: 'warn' as const,
        }));
    },
  },
});

const hasField = (fields: readonly Field[], name: string): boolean => fields.some((field) => field.name === name);

/** PROTOCOL-HTTP2: gRPC compresses message by message. */
export const noContentCoding = callRule('RESP-13-no-http-content-coding', {
  packet: {
    looksAt: (moment) => moment.isGrpcBody && finalBlock(moment) !== undefined,
    breach: ({ packet: { block } }) => {
      const coding = fieldValue(block?.fields ?? [], 'content-encoding');
      if (coding === undefined || coding === 'identity') return undefined;
      return {
        observed: `content-encoding ${quote(coding)}`,
        expected: 'no HTTP content coding: gRPC compresses message by message',
        reaction: 'content-encoding',
      };
    },
  },
});

/** RFC 9110 §15.2, RFC 9113 §8.1, §8.6. */
export const interimResponses = callRule('RESP-06-interim-responses', {
  packet: {
    looksAt: (moment) => interimBlock(moment) !== undefined,
    breach: (moment) => {
      const block = interimBlock(moment);
      const status = block && statusOf(block);
      if (block === undefined || status === undefined || (status !== '101' && !block.endStream)) return undefined;
      return {
        observed: status === '101' ? ':status 101' : `END_STREAM on a block with :status ${status}`,
        expected: 'interim blocks without END_STREAM, and never 101',
        reaction: 'bad interim response',
        ends: true,
      };
    },
  },
});

/** RFC 9113 §8.1. */
export const headersFirst = callRule('RESP-04-headers-first', {
  packet: {
    looksAt: ({ before, packet: { frame, block } }) =>
      (before.phase === 'idle' || before.phase === 'interim') && (frame.type === 'DATA' || block !== undefined),
    breach: ({ packet: { frame } }) =>
      frame.type === 'DATA'
        ? {
            observed: 'DATA before Response-Headers',
            expected: 'Response-Headers before any DATA',
            reaction: 'DATA first',
            ends: true,
          }
        : undefined,
  },
});

/** RFC 9113 §8.1. */
export const oneHeaderBlock = callRule('RESP-02-one-header-block', {
  packet: {
    looksAt: (moment) => laterBlock(moment) !== undefined,
    breach: ({ packet: { block } }) =>
      block === undefined || block.endStream || hasField(block.fields, 'grpc-status')
        ? undefined
        : {
            observed: 'a second field block without END_STREAM',
            expected: 'one block of Response-Headers, then trailers with END_STREAM',
            reaction: 'second header block',
            ends: true,
          },
  },
});

/** RFC 9110 §8.6, RFC 9113 §8.1.1. */
export const contentLengthConsistent = callRule('RESP-12-content-length-consistent', {
  end: {
    looksAt: ({ state }) => state.hasEnded,
    breach: ({ plan, call, state }) => {
      const { dataOctets, headers, trailers = [] } = state;
      const announced = fieldValue(headers ?? trailers, 'content-length');
      if (announced === undefined || announced === String(dataOctets)) return undefined;
      // An answer to HEAD announces a length and has no body (RFC 9110 §9.3.2).
      if ((call.shape === 'http' || !plan.legal) && dataOctets === 0) return undefined;
      return {
        observed: `content-length ${quote(announced)} and ${dataOctets} octets of DATA`,
        expected: 'no content-length, or the exact one',
        reaction: 'wrong content-length',
      };
    },
  },
});
