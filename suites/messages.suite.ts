import { suite } from '../harness';
import { framing } from './messages/framing.suite';
import { limits } from './messages/limits.suite';

export default suite('messages', [...framing, ...limits]);
