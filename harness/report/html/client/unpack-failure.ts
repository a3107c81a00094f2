import type { SerializedTranscript } from '../../model';
import { decodeBase64 } from '../../base64';
import { visibleJson } from '../../visible-json';

/** The text of a failure file that the page holds: gzip in base64, to which the transcript is added. */
export async function unpackFailure(packed: string, transcript: SerializedTranscript): Promise<string> {
  const stream = new Blob([decodeBase64(packed) as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip'));
  const file = JSON.parse(await new Response(stream).text()) as object;
  return `${visibleJson({ ...file, transcript }, 2)}\n`;
}
