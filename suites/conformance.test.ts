import { conformance } from '../harness/jest';

// The bundled grpc-js server, unless the environment names another target. A variable that is there and empty names nothing, and is refused.
const {
  GRPC_CONFORM_EXEC: exec,
  GRPC_CONFORM_TARGET: target = exec === undefined ? 'bundled' : undefined,
  GRPC_CONFORM_BASELINE: baseline,
} = process.env;

conformance({
  ...(target === undefined ? {} : { target }),
  ...(exec === undefined ? {} : { exec }),
  ...(baseline === undefined ? {} : { baseline }),
});
