import type { SerializedTranscript } from '../../model';
import { decodeBase64 } from '../../base64';
import { visibleJson } from '../../visible-json';

/** Lets the browser save octets as a file; works in a page from `file://` and asks no network. */
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

/** The text of a failure file that the page holds: gzip in base64, to which the transcript is added. */
export async function unpackFailure(packed: string, transcript: SerializedTranscript): Promise<string> {
  const stream = new Blob([decodeBase64(packed) as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip'));
  const file = JSON.parse(await new Response(stream).text()) as object;
  return `${visibleJson({ ...file, transcript }, 2)}\n`;
}
