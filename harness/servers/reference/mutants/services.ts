import { encodeMessage } from '../../../grpc/length-prefixed-message';
import { status } from '../../../grpc/status';
import { healthService, probeService, servingStatuses, testService } from '../../../grpc/test-service';
import type { Call } from '../call';
import type { RequestMessage } from '../request-body';
import { correctPolicy, type Policy } from '../policy';
import type { MakeSeams, Seams } from '../seams';
import { decodeRequest, encodeResponse } from '../services/messages';
import { StatusError } from '../status-error';
import { aroundOne, isOf } from './handlers';
import { mutantsOf, type Mutant } from './mutant';
import { onMessagesOf, statusWhere } from './operators';

type Serving = (typeof servingStatuses)[number];

const nameIn = ({ octets }: RequestMessage): string =>
  decodeRequest('grpc.health.v1.HealthCheckRequest', octets).service;

const says = (call: Call, serving: Serving): Promise<void> =>
  call.send(encodeResponse('grpc.health.v1.HealthCheckResponse', { status: servingStatuses.indexOf(serving) }));

/** Check of a name that it does not know, otherwise. */
const unknownChecked = (answer: (call: Call, name: string, error: StatusError) => Promise<void>): Seams =>
  aroundOne(async (call, message, handle) => {
    try {
      await handle(call, message);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      await answer(call, nameIn(message), error);
    }
  }, isOf('Check'));

/** Watch of some names, otherwise. */
const watching = (
  is: (name: string) => boolean,
  instead: (call: Call, correct: () => Promise<void>) => Promise<void>,
): Seams =>
  aroundOne(async (call, message, handle) => {
    const correct = () => handle(call, message);
    await (is(nameIn(message)) ? instead(call, correct) : correct());
  }, isOf('Watch'));

/** The services that are registered, as far as the experiments ask for them. */
const services: readonly string[] = [testService, healthService, probeService];

const isKnown = (name: string): boolean => name === '' || services.includes(name);
const isUnknown = (name: string): boolean => !isKnown(name);

/** What List says. */
const list = (statuses: Readonly<Record<string, { readonly status: number }>>): Seams =>
  aroundOne((call) => call.send(encodeResponse('grpc.health.v1.HealthListResponse', { statuses })), isOf('List'));

const allSaying = (names: readonly string[], serving: Serving) =>
  Object.fromEntries(names.map((name) => [name, { status: servingStatuses.indexOf(serving) }]));

/** Who asks tells those who watch. @param from the first of the calls of a connection that does */
const tellingWatchers = (method: string, from: number): MakeSeams => {
  return () => {
    const watchers = new Set<Call>();
    let calls = 0;
    return aroundOne(
      async (call, message, handle, path) => {
        if (path.endsWith('/Watch')) watchers.add(call);
        else {
          calls += 1;
          if (calls >= from) for (const watcher of watchers) if (!watcher.over) await says(watcher, 'SERVING');
        }
        await handle(call, message);
      },
      isOf('Watch', method),
    );
  };
};

/** Octets of a message of Watch, with its prefix. */
const watchMessage = 7;

/** What watchers are told, otherwise. */
const telling = (tellServing: Policy['tellServing']): Seams => ({ policy: { tellServing } });

const correctly = correctPolicy.tellServing;

const number = (serving: Serving): number => servingStatuses.indexOf(serving);

export const serviceMutants: readonly Mutant[] = [
  ...mutantsOf('SVC-01-health-check', {
    'explicit-empty': {
      says: 'An explicitly empty service name is taken for an unknown service',
      ...aroundOne(async (call, message, handle) => {
        const { service } = decodeRequest('grpc.health.v1.HealthCheckRequest', message.octets);
        if (service === '' && message.octets.length > 0) throw new StatusError(status.NOT_FOUND, 'unknown service');
        await handle(call, message);
      }, isOf('Check')),
    },
    'empty-unknown': {
      says: 'The empty service name is taken for an unknown service when it comes in more than one DATA frame',
      policy: {
        receive: ({ frames, path }, read) => {
          if (frames > 1 && path.endsWith('/Check')) throw new StatusError(status.NOT_FOUND, 'unknown service');
          return read();
        },
      },
    },
    unimplemented: {
      says: 'A health check without a service name is answered by the status UNKNOWN of the enumeration',
      seams: onMessagesOf(
        (path) => path.endsWith('/Check'),
        () => [encodeMessage(new Uint8Array(0))],
      ),
    },
  }),
  ...mutantsOf('SVC-02-health-unknown-service', {
    serving: { says: 'Check says SERVING of every name', ...unknownChecked((call) => says(call, 'SERVING')) },
    'service-unknown': {
      says: 'Check says SERVICE_UNKNOWN of a name that it does not know, with OK',
      ...unknownChecked((call) => says(call, 'SERVICE_UNKNOWN')),
    },
    'case-blind': {
      says: 'Check does not look at the case of names',
      ...unknownChecked(async (call, name, error) => {
        if (!services.some((service) => service.toLowerCase() === name.toLowerCase())) throw error;
        await says(call, 'SERVING');
      }),
    },
    'prefix-alone': {
      says: 'Check knows every name that begins like the one of a service',
      ...unknownChecked(async (call, name, error) => {
        if (!services.some((service) => name.startsWith(service))) throw error;
        await says(call, 'SERVING');
      }),
    },
    trimmed: {
      says: 'Check does not look at blanks behind a name',
      ...unknownChecked(async (call, name, error) => {
        if (!services.includes(name.trim())) throw error;
        await says(call, 'SERVING');
      }),
    },
    'other-status': {
      says: 'Check of a name that it does not know ends with UNKNOWN',
      ...statusWhere((message) => message === 'unknown service', status.UNKNOWN),
    },
    'long-internal': {
      says: 'Check of a name of more than 64 characters ends with INTERNAL',
      ...unknownChecked((_, name, error) => {
        throw name.length > 64 ? new StatusError(status.INTERNAL, 'name too long') : error;
      }),
    },
  }),
  ...mutantsOf('SVC-03-health-watch-immediate', {
    'ends-at-once': {
      says: 'Watch ends with OK after the first message',
      ...watching(isKnown, (call) => says(call, 'SERVING')),
    },
    silent: {
      says: 'Watch says nothing before the first change',
      ...watching(isKnown, (call) => call.sleep(Infinity)),
    },
    'silent-of-services': {
      says: 'Watch of a service says nothing before the first change, that of the server does',
      ...watching(
        (name) => name !== '' && isKnown(name),
        (call) => call.sleep(Infinity),
      ),
    },
    'not-serving': {
      says: 'Watch of a service says NOT_SERVING first, whatever Check says',
      ...watching(
        (name) => name !== '' && isKnown(name),
        async (call) => {
          await says(call, 'NOT_SERVING');
          await call.sleep(Infinity);
        },
      ),
    },
    twice: {
      says: 'Watch says the first status twice',
      ...watching(isKnown, async (call, correct) => {
        await says(call, 'SERVING');
        await correct();
      }),
    },
  }),
  ...mutantsOf('SVC-04-health-watch-unknown', {
    'not-found': {
      says: 'Watch of a name that it does not know ends with NOT_FOUND',
      ...watching(isUnknown, () => {
        throw new StatusError(status.NOT_FOUND, 'unknown service');
      }),
    },
    silent: {
      says: 'Watch of a name that it does not know says nothing',
      ...watching(isUnknown, (call) => call.sleep(Infinity)),
    },
    ends: {
      says: 'Watch of a name that it does not know ends with OK after SERVICE_UNKNOWN',
      ...watching(isUnknown, (call) => says(call, 'SERVICE_UNKNOWN')),
    },
    'other-number': {
      says: 'Watch says UNKNOWN of a name that it does not know',
      ...watching(isUnknown, async (call) => {
        await says(call, 'UNKNOWN');
        await call.sleep(Infinity);
      }),
    },
    'registered-unnoticed': {
      says: 'Watch of a name that is registered later says nothing more',
      ...telling((serving, watch) =>
        watch.told.at(-1) === number('SERVICE_UNKNOWN') ? [] : correctly(serving, watch),
      ),
    },
    'registered-serving': {
      says: 'Watch of a name that is registered later says SERVING, whatever it was registered with',
      ...telling((serving, watch) =>
        watch.told.at(-1) === number('SERVICE_UNKNOWN') ? [number('SERVING')] : correctly(serving, watch),
      ),
    },
    'long-serving': {
      says: 'Watch says SERVING of a name of more than 64 characters',
      ...watching(
        (name) => name.length > 64,
        async (call) => {
          await says(call, 'SERVING');
          await call.sleep(Infinity);
        },
      ),
    },
  }),
  ...mutantsOf('SVC-05-health-watch-changes', {
    silent: {
      says: 'Watch tells no change',
      ...telling((serving, watch) => (watch.told.length > 0 ? [] : correctly(serving, watch))),
    },
    'told-again': {
      says: 'Watch tells each status that is set, also the one that the name has',
      ...telling((serving) => [serving]),
    },
    'first-change-alone': {
      says: 'Watch tells the first change and no other',
      ...telling((serving, watch) => (watch.told.length > 1 ? [] : correctly(serving, watch))),
    },
    'one-behind': {
      says: 'From the second change on, Watch tells what was before',
      ...telling((serving, watch) =>
        watch.told.length > 1 && serving !== watch.told.at(-1) ? watch.told.slice(-1) : correctly(serving, watch),
      ),
    },
    'good-news-alone': {
      says: 'Watch tells of SERVING alone, once the name has served',
      ...telling((serving, watch) =>
        serving === number('NOT_SERVING') && watch.told.includes(number('SERVING')) ? [] : correctly(serving, watch),
      ),
    },
    'latest-watcher-alone': {
      says: 'A change is told to two watchers of a name, not to more',
      ...telling((serving, watch) => (watch.watcher > 1 && watch.told.length > 0 ? [] : correctly(serving, watch))),
    },
    'late-told-before': {
      says: 'Who watches a name that others watch is told first that it serves',
      ...telling((serving, watch) =>
        watch.watcher > 0 && watch.told.length === 0 ? [number('SERVING')] : correctly(serving, watch),
      ),
    },
    'lost-while-unread': {
      says: 'A message of Watch for which the stream has no window is lost',
      outbound: {
        message: (message, { sendWindow }) =>
          message.length === watchMessage && sendWindow < watchMessage ? [] : [message],
      },
    },
    'fourth-twice': {
      says: 'The fourth change is told twice',
      ...telling((serving, watch) =>
        correctly(serving, watch).flatMap((one) => (watch.told.length === 4 ? [one, one] : [one])),
      ),
    },
  }),
  ...mutantsOf('SVC-06-health-list', {
    'too-many': {
      says: 'List gives more than 100 services',
      ...list(
        allSaying(
          Array.from({ length: 101 }, (_, index) => `a.S${index}`),
          'SERVING',
        ),
      ),
    },
    'server-left-out': {
      says: 'List gives the services alone, not the server as a whole',
      ...list(allSaying(services, 'SERVING')),
    },
    'not-serving': {
      says: 'List says NOT_SERVING of all that serves',
      ...list(allSaying(['', ...services], 'NOT_SERVING')),
    },
  }),
  ...mutantsOf('SVC-11-check-idempotent', {
    'check-tells': {
      says: 'Each Check tells the watchers of the connection the status again',
      seams: tellingWatchers('Check', 1),
    },
    'fifth-check-tells': {
      says: 'From the fifth Check on, watchers of the connection are told the status again',
      seams: tellingWatchers('Check', 5),
    },
    'list-tells': {
      says: 'Each List behind a Watch tells the watchers of the connection the status again',
      seams: tellingWatchers('List', 1),
    },
    'fourth-not-serving': {
      says: 'From the fourth Check of a connection on, the answer is NOT_SERVING',
      seams: () => {
        let checks = 0;
        return aroundOne(async (call, message, handle) => {
          checks += 1;
          await (checks >= 4 ? says(call, 'NOT_SERVING') : handle(call, message));
        }, isOf('Check'));
      },
    },
  }),
];
