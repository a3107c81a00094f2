import type { Suite } from '../harness';
import connection from './connection.suite';
import frames from './frames.suite';
import hpack from './hpack.suite';
import requests from './requests.suite';

/** Every suite, in the order of the rule catalogue. */
export const suites: readonly Suite[] = [connection, frames, hpack, requests];
