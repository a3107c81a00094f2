import {
  arb,
  asWarnings,
  callBreach,
  decodeHealthCheckResponse,
  encodeMessage,
  fc,
  fitCuts,
  healthCheckOfAll,
  isOk,
  joinOctets,
  mostEmptyFrames,
  plainOctets,
  property,
  servingStatuses,
  status,
  suite,
  type Breach,
  type Call,
} from '../harness';
import { healthChanges } from './services/health-changes.suite';
import { health } from './services/health.suite';
import { reflection } from './services/reflection.suite';

export default suite('services', [
  property({
    id: 'SVC-01-health-check',
    generates:
      'health checks whose service name is left out, or said to be empty once or more, in one DATA frame or several',
    accepts: [
      'status OK with SERVING',
      'status OK with NOT_SERVING, recorded as info',
      'status NOT_FOUND, with a warning',
    ],
    needs: ['health'],
    effort: 0.1,
    arbitrary: () => arb.record({ times: fc.nat(4), cuts: arb.list(fc.nat(12), { maxCount: 3 }) }),
    examples: () => [0, 1, 2].map((times) => ({ times, cuts: [] })),
    labels: {
      'a message of no octets': ({ times }) => times === 0,
      'the name said to be empty': ({ times }) => times === 1,
      'the name said more than once': ({ times }) => times > 1,
      'a message that is cut': ({ times, cuts }) => times > 0 && cuts.some((cut) => cut > 0),
    },
    script: (script, { times, cuts }, facts) => {
      const request = healthCheckOfAll(times);
      const body = joinOctets(request.messages.map((message) => encodeMessage(message)));
      script.call(request, { body, cuts: fitCuts(cuts, body.length, mostEmptyFrames(facts)) });
    },
    check: (seen) => {
      const call = seen.call();
      // That the empty name is registered is the document's should, that a registered name is answered its must.
      if (call.status === status.NOT_FOUND) return asWarnings(isOk(call));
      const breaches = isOk(call);
      return breaches.length > 0 ? breaches : saysWhetherServing(call);
    },
  }),

  ...health,
  ...healthChanges,
  ...reflection,
]);

function saysWhetherServing(call: Call): readonly Breach[] {
  const [message, ...others] = call.messages;
  const plain = message && plainOctets(call, message);
  const number = plain && decodeHealthCheckResponse(plain)?.status;
  const said = number === undefined ? undefined : servingStatuses[number];
  if (said === 'SERVING' && others.length === 0) return [];
  const observed = said === undefined ? `${call.messages.length} messages that say nothing` : `the answer ${said}`;
  const breach = { ...callBreach(call, 'one message that says SERVING', observed), reaction: said ?? 'no answer' };
  return said === 'NOT_SERVING' && others.length === 0 ? [{ ...breach, severity: 'info' }] : [breach];
}
