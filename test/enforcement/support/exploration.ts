/** What became of every order in which the calls of some programs can happen. */
export interface Exploration {
  /** How many different orders of all calls there are. */
  readonly interleavings: number;
  /** In how many of them the world is not right at the end. */
  readonly wrong: number;
  /** The sessions left in the wrong ones, as `[ordinals]` with the number of interleavings. */
  readonly wrongEnds: ReadonlyMap<string, number>;
}

export const rightEnd: Exploration = { interleavings: 1, wrong: 0, wrongEnds: new Map() };

export function wrongEnd(ordinals: readonly number[]): Exploration {
  return { interleavings: 1, wrong: 1, wrongEnds: new Map([[`[${ordinals}]`, 1]]) };
}

/** Orders that begin differently, each as often as it is said to occur. */
export function sum(parts: readonly { readonly exploration: Exploration; readonly times: number }[]): Exploration {
  const wrongEnds = new Map<string, number>();
  let interleavings = 0;
  let wrong = 0;
  for (const { exploration, times } of parts) {
    interleavings += exploration.interleavings * times;
    wrong += exploration.wrong * times;
    for (const [end, count] of exploration.wrongEnds) wrongEnds.set(end, (wrongEnds.get(end) ?? 0) + count * times);
  }
  return { interleavings, wrong, wrongEnds };
}

/**
 * What a program can know from an answer of the model: which sessions there are and when they were last used. Who of
 * several ended a session is only reported: no program here calls anything that depends on it.
 */
export function brief(answer: unknown): string {
  if (answer === 'revoked' || answer === 'alreadyEnded') return 'ended';
  if (Array.isArray(answer)) return answer.map(brief).join();
  if (typeof answer === 'object' && answer !== null) {
    if ('sessions' in answer) return brief(answer.sessions);
    if ('id' in answer && 'lastAccessedAt' in answer) return `${answer.id}:${answer.lastAccessedAt}`;
  }
  return JSON.stringify(answer);
}
