import { suite } from '../harness';
import { headers } from './requests/headers.suite';
import { malformed } from './requests/malformed.suite';
import { meaning } from './requests/meaning.suite';

export default suite('requests', [...headers, ...malformed, ...meaning]);
