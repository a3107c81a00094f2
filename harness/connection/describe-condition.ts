import { countOf, hexOf } from '../wire/escape-octets';
import type { Condition } from './script';

/** What an await waits for, completing "waited for …". */
export function describeCondition(condition: Condition): string {
  switch (condition.see) {
    case 'headers':
      return `Response-Headers on stream ${condition.stream}`;
    case 'messages':
      return `${countOf(condition.count, 'message')} on stream ${condition.stream}`;
    case 'data':
      return `${countOf(condition.octets, 'octet')} of DATA on stream ${condition.stream}`;
    case 'connection-data':
      return `${countOf(condition.octets, 'octet')} of DATA on all streams`;
    case 'credit-used':
      return `all credit of stream ${condition.stream} to be used`;
    case 'end':
      return `the end of stream ${condition.stream}${orError(condition)}`;
    case 'reset':
      return `RST_STREAM on stream ${condition.stream}${orError(condition)}`;
    case 'goaway':
      return condition.final === true ? 'the GOAWAY that names the last stream' : 'GOAWAY';
    case 'ping-ack':
      return `the ACK of PING ${hexOf(condition.opaque)}`;
    case 'ping':
      return 'a PING of the target';
    case 'server-flight':
      return 'an answer to our ClientHello';
    case 'flooded':
      return 'our floods to end';
    case 'closed':
      return 'the connection to be closed';
    case 'connection-error':
      return 'a connection error';
    case 'quiet':
      return 'silence';
  }
}

const orError = (condition: { readonly orError?: true }): string =>
  condition.orError === true ? ' or a connection error' : '';
