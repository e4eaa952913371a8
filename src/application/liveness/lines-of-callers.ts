/** Waiting questions, each once, in a line for each caller that has asked. The lines take turns. */
export class LinesOfCallers<Question> {
  readonly #questions = new Map<string, Question>();
  /**
   * The keys in the order they came; the line that was served goes to the end. Those of questions that are gone are passed
   * over.
   */
  readonly #lines = new Map<string, Set<string>>();

  get size(): number {
    return this.#questions.size;
  }

  countOf(caller: string): number {
    return this.#lines.get(caller)?.size ?? 0;
  }

  get(key: string): Question | undefined {
    return this.#questions.get(key);
  }

  add(caller: string, key: string, question: Question): void {
    this.#questions.set(key, question);
    const line = this.#lines.get(caller) ?? new Set();
    this.#lines.set(caller, line.add(key));
  }

  delete(key: string): void {
    this.#questions.delete(key);
  }

  /** Takes the first question that may be asked of the first line that has one. */
  takeNext(mayBeAsked: (key: string) => boolean): readonly [string, Question] | undefined {
    for (const [caller, line] of this.#lines) {
      const taken = this.#takeFrom(line, mayBeAsked);
      if (taken !== undefined || line.size === 0) this.#lines.delete(caller);
      if (taken === undefined) continue;
      if (line.size > 0) this.#lines.set(caller, line);
      return taken;
    }
    return undefined;
  }

  /** Empties all lines. @returns the questions that waited. */
  clear(): readonly Question[] {
    const questions = [...this.#questions.values()];
    this.#questions.clear();
    this.#lines.clear();
    return questions;
  }

  #takeFrom(line: Set<string>, mayBeAsked: (key: string) => boolean): readonly [string, Question] | undefined {
    for (const key of line) {
      const question = this.#questions.get(key);
      if (question === undefined) line.delete(key);
      else if (mayBeAsked(key)) {
        line.delete(key);
        this.#questions.delete(key);
        return [key, question];
      }
    }
    return undefined;
  }
}
