import { suite } from '../harness';
import { binary } from './requests/binary.suite';
import { control } from './requests/control.suite';
import { harmlessFields } from './requests/harmless.suite';
import { headers } from './requests/headers.suite';
import { http } from './requests/http.suite';
import { meaning } from './requests/meaning.suite';
import { sizes } from './requests/sizes.suite';

/** In the order of the catalogue, wherever a row is written. */
const inOrder = [...headers, ...meaning, ...binary, ...sizes, ...harmlessFields, ...http, ...control].toSorted(
  (one, other) => (one.id < other.id ? -1 : 1),
);

export default suite('requests', inOrder);
