import type { ConfirmationTurns } from '../domain/ports/confirmation-turns.js';

/** One process has every turn: it remembers by itself what it has asked. */
export class InProcessConfirmationTurns implements ConfirmationTurns {
  async take(questions: Parameters<ConfirmationTurns['take']>[0]) {
    return questions.map((question) => ({ kind: 'ask', question, id: '' }) as const);
  }

  async say(): Promise<void> {}
}
