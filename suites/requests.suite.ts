import { suite } from '../harness';
import { headers } from './requests/headers.suite';
import { malformed } from './requests/malformed.suite';
import { meaning } from './requests/meaning.suite';
import { target } from './requests/target.suite';
import { values } from './requests/values.suite';

// The groups are by theme, the suite is in the order of the catalogue.
const all = [...headers, ...malformed, ...meaning, ...target, ...values].toSorted((one, other) =>
  one.id < other.id ? -1 : 1,
);

export default suite('requests', all);
