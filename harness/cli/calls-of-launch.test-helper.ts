/** Paths of calls that are made before the run begins, to find out what the target offers and whether plain calls work. */
export const callsOfLaunch =
  /^\/(grpc\.testing\.TestService\/(Empty|Unary|StreamingInput|StreamingOutput|FullDuplex)Call|grpc\.health\.v1\.Health\/Check|grpcconform\.v1\.(Probe|Absent)\/.*)$/;
