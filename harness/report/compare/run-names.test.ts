import { nameRuns } from './run-names';

test.each([
  { files: ['reports/grpc-js.json', 'reports/tonic.json'], want: ['grpc-js', 'tonic'], reason: 'files' },
  { files: ['a/run.json', './b/run.json'], want: ['a', 'b'], reason: 'folders' },
  {
    files: ['old/x/run.json', 'new/x/run.json', 'y/run.json'],
    want: ['old/x', 'new/x', 'y'],
    reason: 'the same folder',
  },
  { files: ['a/run.json', 'a/run.json'], want: ['a', 'a (2)'], reason: 'the same file' },
  { files: ['run.json', 'x.json'], want: ['run', 'x'], reason: 'no folder' },
  { files: ['c:\\out\\run.json', '/'], want: ['out', '/'], reason: 'other separators, and no name at all' },
])('$reason', ({ files, want }) => expect(nameRuns(files)).toEqual(want));
