import { grpcHealth, grpcProposal, grpcReflection, healthProto, reflectionProto } from './requirement';
import { convention, may, must, rows, should } from './row';

/** Health and reflection. */
export const services = rows('SVC', {
  'SVC-01-health-check': must(
    grpcHealth('', 'must'),
    'a health check is answered with OK and whether the service is serving; the empty name, which stands for the server as a whole, should be known',
    {
      sends:
        '/grpc.health.v1.Health/Check with an empty request (a message of no octets), with an explicit empty field, and with the names that the operator gave as registered',
      passes: 'the call is served, with 1 (SERVING) for a server that is ready, else 2 (NOT_SERVING)',
      warns: 'status 5 (NOT_FOUND) for the empty name',
      fails:
        'a name that the operator gave as registered is not answered with OK; status 12 (UNIMPLEMENTED) although the health service is declared; SERVICE_UNKNOWN (3) from Check',
      needs: 'the health service',
      matters: true,
    },
  ),
  'SVC-02-health-unknown-service': must(grpcHealth(), 'Check for an unregistered name gives NOT_FOUND', {
    sends: 'Check with random names, and with a registered name in another case, with a prefix or with a suffix',
    passes: 'status 5 (NOT_FOUND)',
    fails: 'OK with SERVING, or OK with UNKNOWN',
    needs: 'the health service',
    servers: 'the health service makes this status 5, not the library, so STATUS-10 does not apply',
  }),
  'SVC-03-health-watch-immediate': must(
    [grpcHealth(), grpcProposal('A17-client-side-health-checking')],
    'Watch sends the current status at once and keeps the stream open',
    {
      sends: 'Watch for the empty name and for registered names; a wait; a cancellation',
      passes:
        'one message within the time for a reply, then nothing for a while with the stream open; RST_STREAM ends it',
      warns: 'only recorded: status 12 (UNIMPLEMENTED) of servers without Watch, with which clients cope by gRFC A17',
      fails: 'the stream is completed, or nothing is sent',
      needs: 'the health service',
    },
  ),
  'SVC-04-health-watch-unknown': must(
    [grpcProposal('A17-client-side-health-checking'), healthProto()],
    'Watch for an unknown name sends SERVICE_UNKNOWN and stays open; a later registration sends the new status',
    {
      sends: 'Watch for a random name; where the server can be controlled, the name is registered later',
      passes: 'a message with 3 (SERVICE_UNKNOWN) and an open stream; then 1 (SERVING)',
      fails: 'trailers with status 5 (NOT_FOUND), or silence',
      needs: 'the health service; control of it for the second part',
    },
  ),
  'SVC-05-health-watch-changes': must(
    [grpcHealth(), grpcProposal('A17-client-side-health-checking')],
    'each change of status yields one message; no message without change',
    {
      sends:
        'a service that is switched between SERVING and NOT_SERVING several times, sometimes to the value that it has; several watchers',
      passes: 'the last message is the last state; no two equal ones in a row; states in between may be skipped',
      fails: 'a state that is out of date, or repeats',
      needs: 'the health service and control of it',
    },
  ),
  'SVC-06-health-list': may(
    grpcProposal('A90-health-service-list-method'),
    'Health/List, where implemented, returns a map of at most 100 services or RESOURCE_EXHAUSTED',
    {
      sends: 'Health/List',
      passes:
        'the call is served with a map whose values agree with Check (not as one snapshot), or status 8 (RESOURCE_EXHAUSTED), or status 12 (UNIMPLEMENTED)',
      fails: 'more than 100 entries',
      needs: 'the health service',
    },
  ),
  'SVC-07-reflection-list-services': must(
    [grpcReflection(), grpcProposal('A15-promote-reflection'), reflectionProto()],
    'every list_services request on ServerReflectionInfo (v1 and/or v1alpha) is answered, with the name of every service served',
    {
      sends:
        'a bidirectional call with one list_services request and a half-close; also several requests on one stream',
      passes:
        'one response for each request, in order, with original_request echoed and names that are unique; then OK after the half-close; the methods of each listed service (a sample) answer other than with status 12 (UNIMPLEMENTED)',
      warns:
        'order, echo or uniqueness is broken; a listed service answers with status 12; UNIMPLEMENTED for one of the two versions',
      fails: 'a request without an answer and without error_response',
      needs: 'server reflection',
      servers: 'a proxy may list only what it serves itself, which the document of reflection allows',
    },
  ),
  'SVC-08-reflection-descriptors': convention(
    [grpcReflection(), reflectionProto()],
    'file_containing_symbol / file_by_filename return FileDescriptorProtos that define what was asked, dependencies obtainable',
    {
      sends:
        'requests for each listed service, its methods and types of messages; for the names of files in dependency; for extensions',
      passes:
        'descriptors can be parsed and contain the symbol; every dependency is returned, or can be fetched by its name (those sent on the stream already may be left out)',
      fails: 'a wrong file, or a dependency that is nowhere',
      needs: 'server reflection',
      servers: 'measured: grpcio-reflection does not find methods, only services and messages',
    },
  ),
  'SVC-09-reflection-errors-in-band': must(
    [grpcReflection(), reflectionProto()],
    'a request for an unknown symbol or file is answered in the stream, by an error_response (NOT_FOUND), and the stream continues',
    {
      sends: 'a random symbol, an empty request (no message_request is set), then a good request',
      passes:
        'error_response with code 5 (for the empty request INVALID_ARGUMENT or UNIMPLEMENTED, or the call ends with status 3), and a good reply to the next',
      warns: 'another code; the stream is ended with an error status instead',
      fails: 'no answer, OK without one, a hang, or a crash',
      needs: 'server reflection',
    },
  ),
  'SVC-10-reflection-versions-agree': convention(
    [grpcProposal('A15-promote-reflection'), grpcReflection()],
    'v1 and v1alpha, where both are served, answer alike',
    {
      sends: 'every request of SVC-07 to SVC-09 to both',
      passes: 'equal answers, but for the package of the message',
      warns: 'only v1alpha is served; only recorded: only v1 is served',
      fails: 'different services or files',
      needs: 'server reflection',
      servers: 'measured: grpcio-reflection serves v1alpha alone; grpclib#92, grpcreflect-go#75',
    },
  ),
  'SVC-11-check-idempotent': should(healthProto(), 'Health/Check and List change nothing', {
    sends: 'several Check and List calls, in parallel, with a Watch open',
    passes: 'the same answers, and no message on the Watch',
    warns: 'anything else',
    fails: 'nothing: other answers are warned about only',
    needs: 'the health service',
  }),
});
