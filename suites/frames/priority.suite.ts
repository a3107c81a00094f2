import {
  anyEnd,
  arb,
  connectionError,
  experiment,
  fc,
  joinOctets,
  payloadOf,
  plainestCall,
  priority,
  rawFrame,
  settings,
  settingIds,
  settingValue,
  staysUp,
  stimulus,
  unaryCall,
  unsent,
  type AnyProperty,
} from '../../harness';

/** Streams that PRIORITY can be on, in a script with a closed stream 1 and a call on 3. */
const places = { closed: 1, open: 3, idle: 101, 'idle further up': 0x7fff_fffd } as const;
type Place = keyof typeof places;
const placeNames = Object.keys(places) as readonly Place[];

/** Values of a priority as RFC 9218 §4 has them, and such as it lets a receiver skip. */
const priorityValues = ['u=0', 'u=7', 'u=3, i', 'i', '', 'u=1, i=?0, x=5', 'x;a=1, y="z"', 'u=2.5'] as const;

const priorityUpdate = (target: number, value: string, streamId = 0) =>
  rawFrame({
    type: 0x10,
    streamId,
    payload: joinOctets([
      Uint8Array.of(target >>> 24, target >>> 16, target >>> 8, target),
      Buffer.from(value, 'latin1'),
    ]),
  });

/** What may be wrong with PRIORITY_UPDATE (RFC 9218 §7.1); `next` is an idle stream. */
const flawedUpdates = {
  'on a stream': (next: number) => [priorityUpdate(next, 'u=1', next)],
  'of stream 0': () => [priorityUpdate(0, 'u=1')],
  'of an even stream': () => [priorityUpdate(2, 'u=1')],
  'too short': () => [rawFrame({ type: 0x10, payload: new Uint8Array(3) })],
  empty: () => [rawFrame({ type: 0x10 })],
  'no Dictionary': (next: number) => [priorityUpdate(next, '"((')],
  'of more idle streams than there may be': (next: number, most: number) =>
    Array.from({ length: most + 1 }, (_, index) => priorityUpdate(next + 2 * index, 'u=1')),
  'SETTINGS 0x9 = 2': () => [settings([{ id: settingIds.NO_RFC7540_PRIORITIES, value: 2 }])],
} as const;
type FlawedUpdate = keyof typeof flawedUpdates;
const flawedNames = Object.keys(flawedUpdates) as readonly FlawedUpdate[];

/** More idle streams than any server keeps in mind for a moment; where there is no limit, as many. */
const mostIdle = 200;

/** PRIORITY and PRIORITY_UPDATE, which change nothing that a client sees. */
export const priorities: readonly AnyProperty[] = [
  experiment('FRAME-12-priority-frame-tolerated', {
    generates:
      'one to four PRIORITY frames of any weight on a closed, an open, a half-closed or an idle stream, which depends on any other, in the midst of a call; then calls on streams below the idle one',
    accepts: [payloadOf(5), staysUp],
    needs: ['unary'],
    effort: 0.4,
    arbitrary: () =>
      arb.record({
        frames: arb.list(
          arb.record({
            on: fc.constantFrom(...placeNames),
            dependsOn: fc.constantFrom<'stream 0' | Place>('stream 0', ...placeNames),
            exclusive: fc.boolean(),
            weight: arb.boundaryInteger({ min: 1, max: 256, boundaries: [16] }),
            late: fc.boolean(),
          }),
          { minCount: 1, maxCount: 4 },
        ),
      }),
    labels: {
      'on an idle stream': ({ frames }) => frames.some(({ on }) => on.startsWith('idle')),
      'on a closed stream': ({ frames }) => frames.some(({ on }) => on === 'closed'),
      'on an open stream': ({ frames }) => frames.some(({ on, late }) => on === 'open' && !late),
      'behind the end of the request': ({ frames }) => frames.some(({ on, late }) => on === 'open' && late),
      'depends on an idle stream': ({ frames }) => frames.some(({ dependsOn }) => dependsOn.startsWith('idle')),
      exclusive: ({ frames }) => frames.some(({ exclusive }) => exclusive),
      'the largest weight': ({ frames }) => frames.some(({ weight }) => weight === 256),
    },
    examples: () =>
      placeNames.flatMap((on, index) =>
        [true, false].map((late) => ({
          frames: [{ on, dependsOn: 'stream 0' as const, exclusive: late, weight: index === 0 ? 256 : 1, late }],
        })),
      ),
    script: (script, { frames }) => {
      const request = unaryCall({ responseSize: 5 });
      const send = (isLate: boolean): void => {
        for (const { on, dependsOn, late, ...fields } of frames) {
          // That a stream depends on itself is FRAME-14's.
          const dependency = dependsOn === 'stream 0' || dependsOn === on ? 0 : places[dependsOn];
          if (late === isLate) script.frame(priority(places[on], { ...fields, dependency }));
        }
      };
      script.call(request).expect(payloadOf(5));
      const call = script.begin(request, { stream: places.open });
      send(false);
      call.sendMessages(request.messages, { endStream: true });
      send(true);
      call.awaitEnd().expect(payloadOf(5));
      script.call(request).expect(payloadOf(5));
      script.expectConnection([staysUp]);
    },
  }),

  stimulus('FRAME-14-priority-self-dependency', {
    generates:
      'PRIORITY on an idle stream, on an open one and behind the end of a request, which depends on that stream itself',
    accepts: [payloadOf(5), anyEnd, unsent, connectionError],
    needs: ['unary'],
    effort: 0.15,
    sends: () =>
      arb.record({
        state: fc.constantFrom('idle', 'open', 'half-closed'),
        exclusive: fc.boolean(),
        weight: arb.boundaryInteger({ min: 1, max: 256 }),
      }),
    labels: {
      'on an idle stream': ({ state }) => state === 'idle',
      'on an open stream': ({ state }) => state === 'open',
      exclusive: ({ exclusive }) => exclusive,
    },
    examples: () => ['idle', 'open', 'half-closed'].map((state) => ({ state, exclusive: false, weight: 16 })),
    write: (script, { state, ...fields }) => {
      const request = unaryCall({ responseSize: 5 });
      const stream = script.open().nextStream();
      const frame = priority(stream, { ...fields, dependency: stream });
      if (state === 'idle') script.frame(frame);
      const call = script.begin(request);
      if (state === 'open') script.frame(frame);
      call.sendMessages(request.messages, { endStream: true });
      if (state === 'half-closed') script.frame(frame);
      call.awaitEndOrError().expect(payloadOf(5), anyEnd, unsent, connectionError);
    },
  }),

  experiment('FRAME-34-priority-update-harmless', {
    generates:
      'PRIORITY_UPDATE with any priority for idle, open and closed streams, and priority as a field of the request; and PRIORITY_UPDATE on a stream, of no or of an even stream, too short, without a Dictionary, of more streams than there may be, and SETTINGS 0x9 = 2',
    accepts: [payloadOf(5), 'a connection error in answer to what RFC 9218 forbids'],
    needs: ['unary'],
    effort: 0.7,
    arbitrary: () =>
      arb.record({
        flaw: fc.oneof(fc.constant('none'), fc.constantFrom<'none' | FlawedUpdate>(...flawedNames)),
        of: fc.constantFrom('idle', 'open', 'closed'),
        value: fc.constantFrom(...priorityValues),
        field: fc.boolean(),
      }),
    labels: {
      'of an idle stream': ({ flaw, of }) => flaw === 'none' && of === 'idle',
      'of an open stream': ({ flaw, of }) => flaw === 'none' && of === 'open',
      'of a closed stream': ({ flaw, of }) => flaw === 'none' && of === 'closed',
      'a field of the request': ({ flaw, field }) => flaw === 'none' && field,
      ...Object.fromEntries(
        flawedNames.map((name) => [name, ({ flaw }: { readonly flaw: string }) => flaw === name] as const),
      ),
    },
    examples: () => [
      ...(['idle', 'open', 'closed'] as const).flatMap((of) =>
        (['u=0', 'u=3, i'] as const).map((value) => ({ flaw: 'none' as const, of, value, field: of !== 'idle' })),
      ),
      ...flawedNames.map((flaw) => ({ flaw, of: 'idle' as const, value: 'u=0' as const, field: false })),
    ],
    script: (script, { flaw, of, value, field }, facts) => {
      const request = unaryCall({ responseSize: 5 });
      const closed = script.call(plainestCall(facts), { role: 'bystander' }).stream;
      const next = script.nextStream();
      const streams = facts.limits?.streams ?? settingValue(facts.settings, settingIds.MAX_CONCURRENT_STREAMS);
      const most = Math.min(streams ?? mostIdle, mostIdle);
      if (flaw !== 'none') for (const frame of flawedUpdates[flaw](next, most)) script.frame(frame);
      if (flaw === 'none' && of !== 'open') script.frame(priorityUpdate(of === 'idle' ? next : closed, value));
      const call = script.begin(request, field ? { metadata: [{ name: 'priority', value }] } : {});
      if (flaw === 'none' && of === 'open') script.frame(priorityUpdate(call.stream, value));
      call.sendMessages(request.messages, { endStream: true }).awaitEndOrError();
      call.expect(payloadOf(5), ...(flaw === 'none' ? [] : [connectionError]));
    },
  }),
];
