/** Where a run goes unless `--out` says otherwise. */
export const defaultOutputDirectory = 'grpc-conform-report';

/** What a run leaves in its folder: files, and a folder for the failure files. */
export const outputFiles = { run: 'run.json', page: 'index.html', junit: 'junit.xml', failures: 'failures' } as const;

/** What says, while a run goes on, that it writes there. */
export const lockFileName = 'run.lock';

/** True for what a run that was killed may have left beside its files. */
export const isTemporaryName = (name: string): boolean =>
  [outputFiles.run, outputFiles.page, outputFiles.junit].some(
    (file) => name.startsWith(`${file}.`) && /^\d+\.tmp$/.test(name.slice(file.length + 1)),
  );
