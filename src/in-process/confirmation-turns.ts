import type { ConfirmationTurns } from '../domain/ports/confirmation-turns.js';

/** Gives every turn to this process, which remembers its own questions. */
export class InProcessConfirmationTurns implements ConfirmationTurns {
  async take(questions: Parameters<ConfirmationTurns['take']>[0]) {
    return questions.map((question) => ({ kind: 'ask', question, id: '' }) as const);
  }

  async say(): Promise<void> {}
}
