import type { Behaviour } from './behaviour';
import { limits } from './limits';

/** The limits that one server has chosen. */
export interface OwnLimits {
  /** Streams that the first SETTINGS allow, see {@link limits}. */
  readonly streams: number;
  readonly headerList: number;
  /** True when SETTINGS say so. */
  readonly announcesHeaderList: boolean;
  readonly message: number;
  /** Octets of DATA of one request; absent: only its messages are limited. */
  readonly body?: number;
  /** Octets that a client may send on a new stream without further credit, by SETTINGS; absent: the initial value. */
  readonly window?: number;
  /** Octets of the dynamic table of requests, by SETTINGS; absent: the initial value. */
  readonly headerTable?: number;
  /** Octets of the longest frame payload that is taken, by SETTINGS where it is not the initial value. */
  readonly frame: number;
}

/** The limits that every server of ours has, but for what its variations say. */
export function ownLimitsOf({ value, varies }: Behaviour): OwnLimits {
  const body = value('body-limit');
  const window = value('initial-window');
  const headerTable = value('header-table');
  return {
    streams: varies('max-streams-late') ? 0 : (value('max-streams') ?? limits.concurrentStreams),
    headerList: value('header-list') ?? value('header-list-unsaid') ?? limits.headerListSize,
    announcesHeaderList: !varies('header-list-unsaid'),
    message: value('message-limit') ?? limits.messageSize,
    frame: value('largest-frame') ?? limits.frameSize,
    ...(body === undefined ? {} : { body }),
    ...(window === undefined ? {} : { window }),
    ...(headerTable === undefined ? {} : { headerTable }),
  };
}
