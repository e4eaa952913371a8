import { useEffect, useRef, useState } from 'preact/hooks';
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
  const [isMarked, setIsMarked] = useState(false);
  const code = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), saidForMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // The browser, or whoever has set it up, keeps pages from it.
      if (code.current !== null) getSelection()?.selectAllChildren(code.current);
      setIsMarked(true);
    }
  };
  return (
    <span class="copy-text">
      <code ref={code} title={text}>
        {shown}
      </code>
      <button
        type="button"
        class="icon-button"
        aria-label={texts.copyId(what.toLowerCase())}
        onClick={() => void copy()}
      >
        <Icon name={copied ? 'check' : 'copy'} size={14} />
      </button>
      <span class={isMarked ? 'second' : 'hidden'} role="status">
        {copied ? texts.copied : isMarked ? texts.marked : ''}
      </span>
    </span>
  );
}
