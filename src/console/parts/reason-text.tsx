import type { SessionEndReason } from '../../operations/operations.js';
import { reasonTexts, texts } from '../texts.js';

interface Props {
  /** Null for what did not end. */
  readonly reason: SessionEndReason | null;
  /** The rule of the session policy, if one was the cause. */
  readonly rule: string | null;
}

/** Why something happened, in words. */
export function ReasonText({ reason, rule }: Props) {
  if (reason === null) return <>{rule === null ? texts.none : texts.rule(rule)}</>;
  return (
    <span class="two-lines">
      {reasonTexts[reason]}
      {rule !== null && <span class="second">{texts.rule(rule)}</span>}
    </span>
  );
}
