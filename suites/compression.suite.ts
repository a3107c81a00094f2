import { suite } from '../harness';
import { answers } from './compression/answers.suite';
import { damage } from './compression/damage.suite';
import { deflated } from './compression/deflate.suite';
import { refusals } from './compression/refusals.suite';
import { requests } from './compression/requests.suite';

export default suite('compression', [...requests, ...refusals, ...damage, ...deflated, ...answers]);
