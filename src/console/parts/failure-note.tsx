import type { ApiFailure } from '../api/failure.js';
import { texts } from '../texts.js';
import { CopyText } from './copy-text.js';
import { Notice } from './notice.js';

interface Props {
  readonly failure: ApiFailure;
  readonly onRetry?: (() => void) | undefined;
}

/** Why something could not be shown or done, and what to do. */
export function FailureNote({ failure, onRetry }: Props) {
  const { code, message, requestId } = failure;
  return (
    <Notice kind="danger" role="alert" title={texts.failure.title}>
      <p>{texts.failure.messages[code] ?? message}</p>
      {requestId !== null && (
        <p class="second">
          {texts.failure.requestId}: <CopyText text={requestId} what={texts.history.requestId} />
        </p>
      )}
      {onRetry !== undefined && (
        <button type="button" class="button" onClick={onRetry}>
          {texts.retry}
        </button>
      )}
    </Notice>
  );
}
