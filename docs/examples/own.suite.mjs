// Rules of one's own, for docs/own-suites.md: npx grpc-conform OWN --suite-file docs/examples/own.suite.mjs --target localhost:50051
import {
  arb,
  callReaction,
  describeCall,
  echoInitialName,
  echoedInHeaders,
  endsWith,
  experiment,
  fc,
  octetsOf,
  payloadOf,
  status,
  stimulus,
  suite,
  unaryCall,
} from 'grpc-conform/suite';

const guide = { document: 'Shop API guide', section: 'Tracing', url: 'https://example.com/api-guide#tracing' };

/** What looks like a request id: 1 to 40 characters, among them those that mean something in other fields. */
const requestId = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...'abcXYZ019-_.:;=/%"') });

export default suite('shop', [
  // One input, one call, and what must come of it: the script says it with expect().
  experiment(
    {
      id: 'OWN-01-request-id-comes-back',
      level: 'must',
      rule: 'the id of a request comes back with its answer, octet for octet',
      source: guide,
    },
    {
      generates: 'unary calls with a request id of 1 to 40 characters and a message of up to 1,000 octets',
      accepts: ['status OK, and the same id in the header of the answer'],
      needs: ['metadata'],
      arbitrary: () => fc.record({ id: requestId, payload: arb.message({ maxLength: 1000 }) }),
      labels: { 'punctuation that means something elsewhere': ({ id }) => /[;=%"]/.test(id) },
      examples: () => [{ id: 'a', payload: { length: 0, seed: 0 } }],
      // How the call is cut into frames, and what the connection went through before, is drawn by the engine.
      borrows: ['before', 'ending', 'arrival'],
      script: (script, { id, payload }) => {
        script
          .call(unaryCall({ payload: octetsOf(payload) }), { metadata: [{ name: echoInitialName, value: id }] })
          .expect(endsWith(status.OK))
          .expect(echoedInHeaders([id]));
      },
    },
  ),

  // What is sent, and what may come of it.
  stimulus(
    { id: 'OWN-02-large-answers', level: 'must', rule: 'answers of up to 200,000 octets are whole', source: guide },
    {
      generates: 'unary calls that ask for an answer of up to 200,000 octets',
      accepts: [endsWith(status.OK)],
      needs: ['unary'],
      effort: 0.2,
      sends: () => fc.record({ size: fc.oneof(fc.constantFrom(0, 1, 16_384, 65_535, 65_536), fc.nat(200_000)) }),
      write: (script, { size }) => void script.call(unaryCall({ responseSize: size })).expect(payloadOf(size)),
    },
  ),

  // What the answers say together is for a check: it returns what is wrong, [] when all is well.
  experiment(
    {
      id: 'OWN-03-same-answer-twice',
      level: 'should',
      rule: 'two calls with the same id at the same time get the same answer',
      source: guide,
    },
    {
      generates: 'two calls at the same time with the same request id',
      accepts: ['two answers with the same status and as many messages'],
      needs: ['metadata'],
      effort: 0.3,
      arbitrary: () => fc.record({ id: requestId }),
      script: (script, { id }) => {
        const options = { metadata: [{ name: echoInitialName, value: id }], awaitEnd: false };
        const calls = ['first', 'second'].map((as) => script.call(unaryCall(), { ...options, as }));
        for (const call of calls) call.awaitEnd();
      },
      check: (seen) => {
        const [first, second] = [seen.call('first'), seen.call('second')];
        if (first.status === second.status && first.messages.length === second.messages.length) return [];
        return [
          {
            observed: `the second: ${describeCall(second)}; the first: ${describeCall(first)}`,
            expected: 'the same answer to both',
            reaction: `second ${callReaction(second)}`,
          },
        ];
      },
    },
  ),
]);
