import { useEffect, useState } from 'preact/hooks';
import { texts } from '../texts.js';
import { Icon } from './icon.js';

const saidForMs = 2_000;

interface Props {
  readonly text: string;
  /** What it is, such as `user id`. */
  readonly what: string;
  readonly shown?: string;
}

/** An id with a button that copies it. */
export function CopyText({ text, what, shown = text }: Props) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), saidForMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    navigator.clipboard?.writeText(text).then(
      () => setCopied(true),
      // The text is on the page, to be marked by hand.
      () => undefined,
    );
  };
  return (
    <span class="copy-text">
      <code title={text}>{shown}</code>
      <button type="button" class="icon-button" aria-label={texts.copyId(what.toLowerCase())} onClick={copy}>
        <Icon name={copied ? 'check' : 'copy'} size={14} />
      </button>
      <span class="hidden" role="status">
        {copied ? texts.copied : ''}
      </span>
    </span>
  );
}
