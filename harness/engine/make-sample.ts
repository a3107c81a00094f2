import { splitInput } from '../axes/borrowing';
import type { Times } from '../connection/script';
import { cutLines } from '../cut-lines';
import { cutText } from '../cut-text';
import { describeScript } from '../report/describe-script';
import type { SampleRecord } from '../report/model';
import { serializeTranscript, trimTranscript } from '../report/serialize';
import { shrinkTranscript } from '../report/shrink-transcript';
import type { Experiment } from './executor';

/** What is kept of a sample: octets, and characters of its events as JSON. A few exchanges of the usual size; there may be one for each row. */
const mostOctets = 2048;
const mostCharacters = 6144;

/** Lines of its script and characters of each, and characters of its input: what a page shows without scrolling far. */
const mostLines = 40;
const longestLine = 300;
const largestInput = 1024;

/** An input that was judged, as a report keeps it; undefined for one that was not. */
export function makeSample(input: unknown, experiment: Experiment, times: Times): SampleRecord | undefined {
  const { plan, judgement, exit, answered } = experiment;
  if (judgement.kind !== 'judged' || exit !== undefined || !answered) return undefined;
  const whole =
    experiment.transcript ??
    serializeTranscript(judgement.seen.transcript, { perEvent: mostOctets, total: mostOctets });
  const lines = describeScript(plan, times).map((line) => cutText(line, longestLine));
  const own = splitInput(input).input;
  const isSmall = (JSON.stringify(own) ?? '').length <= largestInput;
  return {
    ...(isSmall && own !== undefined ? { input: own } : {}),
    script: cutLines(lines, mostLines),
    transcript: shrinkTranscript(trimTranscript(whole, mostOctets), mostCharacters),
  };
}
