import { quantile } from './send.mjs';

/**
 * Splits the time of one login by the notes of the service and of the emulated FusionAuth (see notes.mjs), in milliseconds:
 * what the service did, what FusionAuth did, what the client did to read the answer, and the time in which one of them was to
 * go on and had no core. `noCoreMs` is that of the client, `serviceWaitedMs` that of the service so far when it was asked.
 * @returns null where a note is missing.
 */
export function partsOf({ name, userId, askedMs, answeredMs, noCoreMs, serviceWaitedMs }, ofService, ofFusionAuth) {
  const came = ofService.find(({ kind, of }) => kind === 'asked' && of === name);
  const gone = ofService.find(({ kind, of }) => kind === 'answered' && of === name);
  if (came === undefined || gone === undefined) return null;
  const isOfLogin = ({ atMs, of }) =>
    atMs >= came.atMs && atMs <= gone.atMs && (of.startsWith('DELETE ') || of.includes(userId));
  const calls = ofService.filter(isOfLogin);
  const there = ofFusionAuth.filter(isOfLogin);

  const parts = { serviceMs: 0, fusionAuthMs: 0, clientMs: 0, noCoreMs: 0 };
  const stages = {};
  const add = (part, stage, fromMs, toMs, waitedMs) => {
    const ms = Math.max(0, toMs - fromMs);
    const withoutCoreMs = Math.min(ms, Math.max(0, waitedMs));
    parts[part] += ms - withoutCoreMs;
    parts.noCoreMs += withoutCoreMs;
    stages[stage] = `${rounded(ms - withoutCoreMs)}+${rounded(withoutCoreMs)}`;
  };

  add('serviceMs', 'is busy', askedMs, came.atMs, came.waitedMs - serviceWaitedMs);
  let before = came;
  for (const what of ['list', 'deletions']) {
    const isOfStage = ({ of }) => of.startsWith('DELETE ') === (what === 'deletions');
    const last = (notes, wanted) => notes.findLast((note) => note.kind === wanted && isOfStage(note));
    const [sent, read, done] = [last(calls, 'sent'), last(calls, 'read'), last(there, 'answered')];
    if (sent === undefined || read === undefined || done === undefined) return null;
    const then = ofFusionAuth.findLast(({ atMs }) => atMs <= sent.atMs) ?? there[0];
    add('serviceMs', `sends ${what}`, before.atMs, sent.atMs, sent.waitedMs - before.waitedMs);
    add('fusionAuthMs', `answers ${what}`, sent.atMs, done.atMs, done.waitedMs - then.waitedMs);
    add('serviceMs', `reads ${what}`, done.atMs, read.atMs, read.waitedMs - sent.waitedMs);
    before = read;
  }
  add('serviceMs', 'answers', before.atMs, gone.atMs, gone.waitedMs - before.waitedMs);
  add('clientMs', 'comes back', gone.atMs, answeredMs, noCoreMs);
  const during = ofService.filter(({ atMs, ms = 0 }) => atMs < gone.atMs && atMs + ms > askedMs);
  return {
    ...parts,
    stages,
    turns: during
      .filter(({ kind }) => kind === 'turn')
      .map(({ ms, noCoreMs: without }) => `${rounded(ms - without)}+${rounded(without)}`),
    collections: during.filter(({ kind }) => kind === 'collected').map(({ of, ms }) => `${of} ${rounded(ms)}`),
  };
}

/** What the parts of many logins are at quantiles, each by itself, and the slowest logins whole. */
export function summaryOf(logins, slowest = 5) {
  const known = logins.filter(({ parts }) => parts !== null);
  const quantiles = (pick) =>
    Object.fromEntries([0.5, 0.9, 0.99].map((share) => [`p${share * 100}`, rounded(quantile(known.map(pick), share))]));
  return {
    serviceMs: quantiles(({ parts }) => parts.serviceMs),
    fusionAuthMs: quantiles(({ parts }) => parts.fusionAuthMs),
    clientMs: quantiles(({ parts }) => parts.clientMs),
    noCoreMs: quantiles(({ parts }) => parts.noCoreMs),
    slowest: [...known]
      .sort((one, other) => other.ms - one.ms)
      .slice(0, slowest)
      .map(({ ms, parts }) => ({
        ms: rounded(ms),
        ...Object.fromEntries(
          Object.entries(parts).map(([name, part]) => [name, typeof part === 'number' ? rounded(part) : part]),
        ),
      })),
  };
}

export function rounded(value) {
  return Math.round(value * 10) / 10;
}
