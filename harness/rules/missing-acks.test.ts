import type { Step } from '../connection/script';
import { observe } from '../grpc/observe';
import { settings, settingsAck } from '../wire/builders';
import { findMissingAck } from './missing-acks';
import { closed, opening, received, sent, transcriptOf, type Arrow } from './transcript.test-helper';

const waited = { step: 0, waitedFor: 'the ACK of our SETTINGS', milliseconds: 5000 };

/** What is said when a fence was waited for in vain on a connection whose preface was acknowledged. */
function find(arrows: readonly Arrow[], by: 'settings' | 'ping' = 'settings'): string | undefined {
  const steps: readonly Step[] = [{ do: 'fence', on: 'main', by }];
  const transcript = { connections: [transcriptOf([...opening(), ...arrows])], samples: {} };
  const found = findMissingAck(observe({ steps, calls: [] }, transcript), waited);
  return found === undefined ? undefined : `${found.rule.slice(0, 8)}: ${found.observed}`;
}

const two = sent(settings([]), settings([]));

test.each<[why: string, arrows: readonly Arrow[], want: string | undefined]>([
  [
    'one acknowledgement for two that came at once',
    [two, received(settingsAck())],
    'FRAME-19: 2 SETTINGS ACKs for 3 SETTINGS',
  ],
  ['nothing came any more: that is a hang', [two], undefined],
  ['the last came from before', [sent(settings([])), received(settingsAck()), sent(settings([]))], undefined],
  ['each was acknowledged', [two, received(settingsAck(), settingsAck())], undefined],
  ['the connection is over', [two, received(settingsAck()), closed('target')], undefined],
])('%s', (_, arrows, want) => {
  expect(find(arrows)).toBe(want);
});

test('who waited for a PING waited for no acknowledgement of SETTINGS', () => {
  expect(find([two, received(settingsAck())], 'ping')).toBeUndefined();
});
