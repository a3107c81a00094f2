import { suite } from '../harness';
import { credit } from './cancellation/credit.suite';
import { handlers } from './cancellation/handlers.suite';
import { streams } from './cancellation/streams.suite';

/** Grouped by what is looked at, and played in the order of the catalogue. */
export default suite(
  'cancellation',
  [...handlers, ...streams, ...credit].sort((one, other) => (one.id < other.id ? -1 : 1)),
);
