/** Waits until one of the promises has settled, and no longer than the time given. */
export async function waitAtMost(milliseconds: number, ...promises: readonly Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([...promises, over]);
  clearTimeout(timer);
}
