import { useState } from 'preact/hooks';
import { joinOctets } from '../../../wire/join-octets';
import { failureFileName } from '../../failure-file-name';
import { grpcurlCommand } from '../../grpcurl-command';
import { hexCommand } from '../../hex-command';
import type { FindingRecord } from '../../model';
import type { PageRun } from '../page-run';
import type { PacketStory } from '../../packet-story';
import { writePcapng } from '../../pcapng';
import { printable } from '../../printable';
import { replayCommand } from '../../replay-command';
import { CopyButton } from './copy-button';
import { save } from './save';
import { unpackFailure } from './unpack-failure';
import { extrasOf } from './extras';

interface Props {
  readonly run: PageRun;
  readonly finding: FindingRecord;
  readonly story: PacketStory;
}

// A script opens one or two; those of an attack are alike.
const shownConnections = 4;

/** How the finding is seen again: by us, by other tools, and from this page alone. */
export function Reproduce({ run, finding, story }: Props) {
  const [trouble, setTrouble] = useState('');
  const { files, messageTypes } = extrasOf(run);
  const file = finding.failureFile ?? failureFileName(finding);
  const command = replayCommand(run, file);
  const packed = files[file];
  const baseName = file.replace(/^.*\//, '').replace(/\.json$/, '');
  const saveFailure = async (): Promise<void> => {
    try {
      save(`${baseName}.json`, 'application/json', await unpackFailure(packed ?? '', finding.transcript));
      setTrouble('');
    } catch {
      setTrouble('This browser cannot unpack it; the file lies beside the page.');
    }
  };
  const saveCapture = (): void => {
    const { tool, startedAt } = run.header;
    const started = Date.parse(startedAt);
    const octets = writePcapng(story.transcript, {
      startedAt: Number.isNaN(started) ? 0 : started,
      application: `${tool.name} ${tool.version}`,
      comment: printable(`${finding.rule}: ${finding.summary}`),
    });
    save(`${baseName}.pcapng`, 'application/octet-stream', octets);
  };
  const sent = story.transcript.connections.slice(0, shownConnections).flatMap(({ name, events }) => {
    const octets = joinOctets(events.flatMap((event) => (event.kind === 'sent' ? [event.octets] : [])));
    return octets.length === 0 ? [] : [{ name, octets }];
  });
  const first = story.views.find(({ name }) => name === finding.at?.connection) ?? story.views[0];
  const grpcurl = first === undefined ? undefined : grpcurlCommand(run, first, messageTypes);
  return (
    <>
      <h3>Play it again</h3>
      <p class="muted">In the folder of this page:</p>
      <Command text={command} />
      <p class="muted">
        <a href={file}>{file}</a> holds the script byte for byte, the input, and the transcript
        {packed === undefined ? '.' : '; this page holds it, too:'}
      </p>
      <div class="actions">
        {packed === undefined ? null : (
          <button type="button" class="plain" onClick={() => void saveFailure()}>
            Save the failure file
          </button>
        )}
        <button type="button" class="plain" onClick={saveCapture}>
          Save as capture (pcapng)
        </button>
        {sent.map(({ name, octets }) => (
          <CopyButton
            key={name}
            label={`Copy what we sent${sent.length > 1 ? ` on ${printable(name)}` : ''} as xxd line`}
            text={hexCommand(octets)}
          />
        ))}
        <span role="status">{trouble}</span>
      </div>
      <p class="muted">
        Wireshark opens the capture as HTTP/2 and gRPC; addresses and ports in it are made up, and what TLS hid is in
        clear text.
      </p>
      {grpcurl === undefined ? null : (
        <>
          <h4>With grpcurl</h4>
          <p class="muted">
            The same method, messages and metadata, but not the same octets: if that works, the fault lies in how they
            are cut, written or timed.
          </p>
          <Command text={grpcurl} />
        </>
      )}
    </>
  );
}

function Command({ text }: { readonly text: string }) {
  return (
    <div class="command">
      <pre tabIndex={0}>{text}</pre>
      <CopyButton label="Copy the command" text={text} />
    </div>
  );
}
