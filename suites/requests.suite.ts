import { suite } from '../harness';
import { binary } from './requests/binary.suite';
import { control } from './requests/control.suite';
import { harmlessFields } from './requests/harmless.suite';
import { headers } from './requests/headers.suite';
import { http } from './requests/http.suite';
import { malformed } from './requests/malformed.suite';
import { meaning } from './requests/meaning.suite';
import { sizes } from './requests/sizes.suite';
import { target } from './requests/target.suite';
import { values } from './requests/values.suite';

export default suite('requests', [
  ...headers,
  ...malformed,
  ...meaning,
  ...target,
  ...values,
  ...binary,
  ...sizes,
  ...harmlessFields,
  ...http,
  ...control,
]);
