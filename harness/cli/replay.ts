import { ConformError, exitCodes, isConformError, type ConformErrorCode } from '../error';
import { replayFailure, type ReplayResult } from '../engine/replay';
import { attachTarget } from '../launch/attach';
import { bundledName } from '../launch/bundled-target';
import type { Target } from '../launch/target';
import { readableWidth } from '../report/console/layout';
import { packetLines } from '../report/console/packet-lines';
import { describeAgainst } from '../report/describe-target';
import { failureDocument, type FailureFile } from '../report/failure-file';
import { shortPrintable } from '../report/printable';
import { readDocument } from '../report/read-json';
import { makeRedactor } from '../report/redact-events';
import type { SecretField } from '../report/secrets';
import { restoreSecrets } from '../report/secret-placeholders';
import { deserializeTranscript, serializeTranscript } from '../report/serialize';
import { attachOptions } from './attach-options';
import type { CliContext } from './context';
import { listenForInterruption } from './interruption';
import { loadCatalogueWith } from './load-suites';
import type { Settings } from './setting-specs';

/**
 * `grpc-conform replay FILE…`: plays failure files again and prints, after a line that says against whom, FIXED, FAILS or ERROR for each; with `-v` also
 * the frames of those that fail, with `-vv` of all. A file that cannot be played is an ERROR of its own and stops no other.
 *
 * @returns the exit code: 0 when all are fixed, 1 when any still fails, else 2 when any cannot be judged on this target.
 * @throws ConformError when no target is named, the only file is none, or the target cannot be reached.
 */
export async function replay(names: readonly string[], settings: Settings, context: CliContext): Promise<number> {
  requireTarget(settings);
  const given = settings.header ?? [];
  const redactor = makeRedactor(given);
  const files = names.map((name) => ({ name, file: readFailure(name, given) }));
  if (files.length === 1 && isConformError(files[0]?.file)) throw files[0].file;
  const outcomes = new Set<string>();
  const tell = (name: string, { outcome, text }: Pick<ReplayResult, 'outcome' | 'text'>): void => {
    outcomes.add(outcome);
    const line = shortPrintable(redactor.text(text));
    context.stdout.write(`${outcome.padEnd('FIXED'.length)}  ${shortPrintable(redactor.text(name))}  ${line}\n`);
  };
  const { rows } = await loadCatalogueWith(settings);
  const properties = files.flatMap(({ file }) => (isConformError(file) ? [] : [file.property]));
  const needed = properties.flatMap((id) => rows.find((row) => row.id === id)?.property ?? []);
  const interruption = listenForInterruption(context);
  let target: Target | undefined;
  try {
    if (properties.length > 0) {
      target = await attachTarget({
        ...attachOptions(settings, needed, interruption.signal),
        // The file has the descriptors that its finding needs.
        schema: undefined,
        onWarning: (text) => context.stderr.write(`grpc-conform: warning: ${redactor.text(text)}\n`),
      });
      context.stdout.write(`${redactor.text(describeAgainst(target.record))}\n`);
    }
    for (const { name, file } of files) {
      if (interruption.signal.aborted) break;
      if (isConformError(file) || target === undefined) {
        if (isConformError(file)) tell(name, asResult(file));
        continue;
      }
      const playing = replayFailure(file, target, rows, interruption.signal);
      const result: Omit<ReplayResult, 'played'> = await playing.catch(asResult);
      tell(name, result);
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

/** What is wrong with a file, as its outcome. @throws every error that is not about the file */
function asResult(error: unknown): Pick<ReplayResult, 'outcome' | 'text'> {
  if (!isConformError(error) || !aboutFiles.includes(error.code)) throw error;
  return { outcome: 'ERROR', text: error.sentence };
}

/** Codes of errors that are about one file: it is none, it does not fit this version, or it lacks a value of `-H`. */
const aboutFiles: readonly ConformErrorCode[] = ['ERR_FAILURE_FILE', 'ERR_USAGE'];

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

/** The file with the values of today's `-H`, or what is wrong with it. */
function readFailure(name: string, fields: readonly SecretField[]): FailureFile | ConformError {
  try {
    return restoreSecrets(readDocument(name, failureDocument), fields, shortPrintable(name));
  } catch (error) {
    if (isConformError(error)) return error;
    throw error;
  }
}
