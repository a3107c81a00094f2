import { suite } from '../harness';
import { framing } from './messages/framing.suite';
import { limits } from './messages/limits.suite';
import { padding } from './messages/padding.suite';
import { sizes } from './messages/sizes.suite';
import { undecodable } from './messages/undecodable.suite';

export default suite('messages', [...framing, ...padding, ...sizes, ...limits, ...undecodable]);
