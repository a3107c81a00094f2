import { useState } from 'preact/hooks';

/** Copies a text, and says whether that worked. A text that takes long to make is made when it is wanted. */
export function CopyButton({ text, label }: { readonly text: string | (() => string); readonly label: string }) {
  const [state, setState] = useState('');
  const copy = async (): Promise<void> => {
    const copied = typeof text === 'string' ? text : text();
    const worked = (await writeClipboard(copied)) || copySelection(copied);
    setState(worked ? 'Copied' : 'Your browser does not allow it');
    setTimeout(() => setState(''), 2000);
  };
  return (
    <span class="copy">
      <button type="button" class="plain" onClick={() => void copy()}>
        {label}
      </button>
      <span role="status">{state}</span>
    </span>
  );
}

async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Some browsers give pages from files no clipboard.
    return false;
  }
}

function copySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const worked = document.execCommand('copy');
  area.remove();
  return worked;
}
