import { readJunit } from './read-junit';

const file = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="6.5.3. Settings Synchronization" package="http2/6.5.3" id="6.5.3" tests="2" skipped="1" failures="0" errors="0">
    <testcase package="http2/6.5.3" classname="Sends two values" time="0.0013">
      <skipped></skipped>
    </testcase>
    <testcase package="http2/6.5.3" classname="Sends SETTINGS" time="2.0012">
      <error>HEADERS Frame <skipped></error>
    </testcase>
  </testsuite>
  <testsuite name="6.3" package="hpack/6.3" id="6.3" tests="2" skipped="0" failures="1" errors="0">
    <testcase package="hpack/6.3" classname="Sends an update" time="0.5000"></testcase>
    <testcase package="hpack/6.3" classname="Sends another" time="0.0100">
      <failure>Expect: GOAWAY</failure>
    </testcase>
  </testsuite>
</testsuites>`;

test('counts the cases of each section, as the paths of h2spec do', () => {
  expect([...readJunit(file)]).toEqual([
    ['http2/6.5.3/1', { outcome: 'skipped', seconds: 0.0013 }],
    ['http2/6.5.3/2', { outcome: 'failed', seconds: 2.0012 }],
    ['hpack/6.3/1', { outcome: 'passed', seconds: 0.5 }],
    ['hpack/6.3/2', { outcome: 'failed', seconds: 0.01 }],
  ]);
});

test('finds nothing in another file', () => {
  expect(readJunit('')).toEqual(new Map());
  expect(readJunit('<testsuite package="a">').size).toBe(0);
});
