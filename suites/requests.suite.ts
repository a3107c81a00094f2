import { suite } from '../harness';
import { binary } from './requests/binary.suite';
import { headers } from './requests/headers.suite';
import { malformed } from './requests/malformed.suite';
import { meaning } from './requests/meaning.suite';
import { sizes } from './requests/sizes.suite';

/** In the order of the catalogue, wherever a row is written. */
const inOrder = [...headers, ...malformed, ...meaning, ...binary, ...sizes].toSorted((one, other) =>
  one.id < other.id ? -1 : 1,
);

export default suite('requests', inOrder);
