import { readFileSync } from 'node:fs';
import { ConformError, exitCodes, isConformError } from '../error';
import { replayFailure, type ReplayResult } from '../engine/replay';
import { attachTarget } from '../launch/attach';
import { bundledName } from '../launch/bundled-target';
import type { Target } from '../launch/target';
import { readableWidth } from '../report/console/layout';
import { packetLines } from '../report/console/packet-lines';
import { describeAgainst } from '../report/describe-target';
import { parseFailure, type FailureFile } from '../report/failure-file';
import { makeRedactor } from '../report/redact-events';
import { restoreSecrets } from '../report/secret-placeholders';
import { deserializeTranscript, serializeTranscript } from '../report/serialize';
import { attachOptions } from './attach-options';
import { loadCatalogue } from '../engine/catalogue-rows';
import type { CliContext } from './context';
import { listenForInterruption } from './interruption';
import type { Settings } from './settings';

/**
 * `grpc-conform replay FILE…`: plays failure files again and prints, after a line that says against whom, FIXED, FAILS or ERROR for each; with `-v` also
 * the frames of those that fail, with `-vv` of all.
 *
 * @returns the exit code: 0 when all are fixed, 1 when any still fails, else 2 when any cannot be judged on this target.
 * @throws ConformError when no target is named, a file is none, or the target cannot be reached.
 */
export async function replay(names: readonly string[], settings: Settings, context: CliContext): Promise<number> {
  requireTarget(settings);
  const given = settings.header ?? [];
  const redactor = makeRedactor(given);
  const files = names.map((name) => ({ name, file: restoreSecrets(readFailure(name), given, name) }));
  const { rows } = loadCatalogue();
  const needed = files.flatMap(({ file }) => rows.find(({ id }) => id === file.property)?.property ?? []);
  const interruption = listenForInterruption(context);
  let target: Target | undefined;
  try {
    target = await attachTarget({
      ...attachOptions(settings, needed, interruption.signal),
      // The file has the descriptors that its finding needs.
      schema: undefined,
      onWarning: (text) => context.stderr.write(`grpc-conform: warning: ${redactor.text(text)}\n`),
    });
    context.stdout.write(`${redactor.text(describeAgainst(target.record))}\n`);
    const outcomes = new Set<string>();
    for (const { name, file } of files) {
      if (interruption.signal.aborted) break;
      const result: Omit<ReplayResult, 'played'> = await replayFailure(file, target, rows, interruption.signal).catch(
        (error: unknown) => {
          if (!isConformError(error) || error.code !== 'ERR_FAILURE_FILE') throw error;
          return { outcome: 'ERROR' as const, text: error.message };
        },
      );
      outcomes.add(result.outcome);
      context.stdout.write(`${result.outcome.padEnd('FIXED'.length)}  ${name}  ${redactor.text(result.text)}\n`);
      if (result.seen !== undefined && tellsFrames(settings, result.outcome)) {
        const { transcript, at } = result.seen;
        const shown = redactor.transcript(serializeTranscript(transcript));
        const lines = packetLines(deserializeTranscript(shown), at, readableWidth(context.stdout.columns() ?? 100));
        context.stdout.write(lines.map((line) => `${redactor.text(line)}\n`).join(''));
      }
      if (target.process?.exit() !== undefined) await target.process.restart();
    }
    if (interruption.signal.aborted) return exitCodes.interrupted;
    if (outcomes.has('FAILS')) return exitCodes.findings;
    return outcomes.has('ERROR') ? exitCodes.usage : exitCodes.conformant;
  } catch (error) {
    if (interruption.signal.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    await target?.process?.stop();
    interruption.release();
  }
}

/** `-v`: the frames of what does not hold; `-vv`: all of them. */
const tellsFrames = ({ verbose = 0 }: Settings, outcome: ReplayResult['outcome']): boolean =>
  verbose > 1 || (verbose > 0 && outcome !== 'FIXED');

/** Playing a file against another server than the one it is about would close a bug that is open. @throws ConformError ERR_USAGE */
function requireTarget({ target, exec }: Settings): void {
  if (target !== undefined || exec !== undefined) return;
  throw new ConformError(
    'ERR_USAGE',
    `replay needs to know which server the files are about: add --target or --exec, or --target ${bundledName} for the server that comes along`,
  );
}

function readFailure(name: string): FailureFile {
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (error) {
    throw new ConformError(
      'ERR_FAILURE_FILE',
      `the failure file ${name} cannot be read: ${String(error).replace(/^[A-Za-z]*Error: /, '')}`,
      { cause: error },
    );
  }
  return parseFailure(text, name);
}
