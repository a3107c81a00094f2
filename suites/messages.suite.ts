import { suite } from '../harness';
import { framing } from './messages/framing.suite';
import { limits } from './messages/limits.suite';
import { padding } from './messages/padding.suite';

export default suite(
  'messages',
  [...framing, ...padding, ...limits].toSorted((one, other) => one.id.localeCompare(other.id)),
);
