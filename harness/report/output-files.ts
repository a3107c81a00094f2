/** The files that a run leaves in its folder, besides the failure files. */
export const outputFiles = { run: 'run.json', page: 'index.html', junit: 'junit.xml' } as const;
