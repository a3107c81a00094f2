/** What a run leaves in its folder: files, and a folder for the failure files. */
export const outputFiles = { run: 'run.json', page: 'index.html', junit: 'junit.xml', failures: 'failures' } as const;
