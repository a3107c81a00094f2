/**
 * A short name for each run file, all of them different: the file without `.json`, or for a `run.json` its folder; longer by one folder each where that is
 * not enough, and numbered where the same file is given twice.
 */
export function nameRuns(files: readonly string[]): readonly string[] {
  const paths = files.map(significantParts);
  const deepest = Math.max(1, ...paths.map(({ length }) => length));
  const names = paths.map((parts) => {
    for (let count = 1; count < deepest; count += 1) {
      const name = ending(parts, count);
      if (paths.filter((others) => ending(others, count) === name).length === 1) return name;
    }
    return ending(parts, deepest);
  });
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name} (${earlier + 1})`;
  });
}

const ending = (parts: readonly string[], count: number): string => parts.slice(-count).join('/');

function significantParts(file: string): readonly string[] {
  const parts = file.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  const last = (parts.at(-1) ?? file).replace(/\.json$/i, '');
  const folders = parts.slice(0, -1);
  return last === 'run' && folders.length > 0 ? folders : [...folders, last];
}
