import { suite } from '../harness';
import { headers } from './requests/headers.suite';
import { meaning } from './requests/meaning.suite';

export default suite('requests', [...headers, ...meaning]);
