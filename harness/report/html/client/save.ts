/** Lets the browser save text or octets as a file; works in a page from `file://` and asks no network. */
export function save(name: string, type: string, content: string | Uint8Array): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has its own hold on the content by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
