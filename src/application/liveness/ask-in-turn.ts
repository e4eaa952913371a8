import {
  type ConfirmationTurn,
  type ConfirmationTurns,
  confirmationTurnMs,
  type TakenTurn,
} from '../../domain/ports/confirmation-turns.js';
import { type AskFusionAuthPorts, askFusionAuth } from './ask-fusionauth.js';
import type { Question } from './confirmation-line.js';

interface AskInTurnPorts extends Omit<AskFusionAuthPorts, 'onListed'> {
  readonly turns: ConfirmationTurns;
  /** Called for each question that needed no call to FusionAuth. */
  readonly onSpared: () => void;
}

/** How long to wait before somebody else's answer is looked for again, in milliseconds. */
const lookAgainMs = 200;

/**
 * Asks FusionAuth the questions, unless another replica is asking or has asked lately: then its answer is used. Where
 * no turns can be taken, each replica asks for itself. Each result rejects alone when its calls fail.
 */
export function askInTurn(questions: readonly Question[], ports: AskInTurnPorts): readonly Promise<void>[] {
  if (questions.length === 0) return [];
  const asked = settleAll(questions, ports, ports.elapsedMs() + confirmationTurnMs);
  return questions.map(async (question) => (await asked).get(question));
}

type Results = Map<Question, Promise<void>>;

async function settleAll(questions: readonly Question[], ports: AskInTurnPorts, untilMs: number): Promise<Results> {
  const askedAtMs = ports.elapsedMs();
  const turns = askedAtMs >= untilMs ? new Map<Question, ConfirmationTurn>() : await takeTurns(questions, ports);
  const results: Results = new Map();
  const kinds = { ask: [] as Question[], wait: [] as Question[] };
  const taken = new Map<Question, TakenTurn>();
  for (const question of questions) {
    const turn = turns.get(question);
    if (turn?.kind === 'known') results.set(question, adopt(question, turn, askedAtMs, ports));
    else if (turn?.kind === 'wait') kinds.wait.push(question);
    else {
      kinds.ask.push(question);
      if (turn !== undefined) taken.set(question, turn);
    }
  }
  for (const [question, result] of ask(kinds.ask, taken, ports)) results.set(question, result);
  if (kinds.wait.length > 0) {
    const later = pause(lookAgainMs).then(() => settleAll(kinds.wait, ports, untilMs));
    for (const question of kinds.wait) {
      results.set(
        question,
        later.then((found) => found.get(question)),
      );
    }
  }
  return results;
}

/** Takes the turns of questions about a user. Other questions need no turn. Empty when the store is away. */
async function takeTurns(
  questions: readonly Question[],
  { turns, lives, elapsedMs }: AskInTurnPorts,
): Promise<Map<Question, ConfirmationTurn>> {
  const now = elapsedMs();
  const aboutUsers = questions.flatMap((question) => {
    const { tenantId, userId, isOwn, enoughSince } = question;
    const maxAgeMs = now - Math.max(enoughSince, lives.usableSince);
    // The answer to another replica may be older than the session that a user names.
    return userId === null || isOwn ? [] : [{ question, wanted: { tenantId, userId, maxAgeMs } }];
  });
  if (aboutUsers.length === 0) return new Map();
  try {
    const found = await turns.take(aboutUsers.map(({ wanted }) => wanted));
    return new Map(
      aboutUsers.flatMap(({ question }, index) => {
        const turn = found[index];
        return turn === undefined ? [] : [[question, turn]];
      }),
    );
  } catch {
    // The turns only spare calls, so asking goes on without the store, which reports its absence itself.
    return new Map();
  }
}

function ask(questions: readonly Question[], taken: ReadonlyMap<Question, TakenTurn>, ports: AskInTurnPorts): Results {
  const said = new Set<Question>();
  const say = (question: Question, answer: Parameters<ConfirmationTurns['say']>[1]) => {
    const turn = taken.get(question);
    if (turn === undefined || said.has(question)) return;
    said.add(question);
    void ports.turns.say(turn, answer);
  };
  const results = askFusionAuth(questions, { ...ports, onListed: say });
  return new Map(
    questions.map((question, index) => {
      const result = results[index] ?? Promise.resolve();
      return [question, result.finally(() => say(question, null))];
    }),
  );
}

/** Adopts the list that another replica has read. A session that it lacks may be newer, and is looked for. */
async function adopt(
  question: Question,
  { ageMs, answer }: ConfirmationTurn & { readonly kind: 'known' },
  askedAtMs: number,
  ports: AskInTurnPorts,
): Promise<void> {
  const { lives, onSpared } = ports;
  const { tenantId, userId, sessionIds } = question;
  if (userId === null) return;
  const at = askedAtMs - ageMs;
  if (!answer.isActive) {
    onSpared();
    for (const id of sessionIds) lives.rememberEnd(id, tenantId, at);
    return;
  }
  for (const session of answer.sessions) lives.remember({ ...session, userId }, tenantId, at);
  lives.rememberActive(userId, at);
  const listed = new Set(answer.sessions.map(({ id }) => id));
  const missing = new Set([...sessionIds].filter((id) => !listed.has(id)));
  if (missing.size === 0) {
    onSpared();
    return;
  }
  await Promise.all(askFusionAuth([{ ...question, userId: null, sessionIds: missing }], ports));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
