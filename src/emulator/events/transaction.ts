import type { TransactionType } from '../store/records.js';
import { unreachable } from '../unreachable.js';

/**
 * Whether enough webhooks agreed. The thresholds are those of FusionAuth's client library (`TransactionType`): half of
 * the webhooks is a simple majority, two thirds a super majority.
 */
export function isSatisfied(type: TransactionType, succeeded: number, total: number): boolean {
  switch (type) {
    case 'None':
      return true;
    case 'Any':
      return succeeded >= 1;
    case 'SimpleMajority':
      return succeeded >= total / 2;
    case 'SuperMajority':
      return succeeded >= (2 * total) / 3;
    case 'AbsoluteMajority':
      return succeeded === total;
    default:
      return unreachable(type);
  }
}
