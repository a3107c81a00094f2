import { suite } from '../harness';
import { answers } from './methods/answers.suite';
import { courses } from './methods/courses.suite';

export default suite('methods', [...answers, ...courses]);
