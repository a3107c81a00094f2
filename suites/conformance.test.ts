import { conformance } from '../harness/jest';

// The bundled grpc-js server, unless the environment names another target.
const { GRPC_CONFORM_TARGET, GRPC_CONFORM_EXEC, GRPC_CONFORM_BASELINE } = process.env;

conformance({
  ...(GRPC_CONFORM_TARGET === undefined ? {} : { target: GRPC_CONFORM_TARGET }),
  ...(GRPC_CONFORM_EXEC === undefined ? {} : { exec: GRPC_CONFORM_EXEC }),
  ...(GRPC_CONFORM_BASELINE === undefined ? {} : { baseline: GRPC_CONFORM_BASELINE }),
});
