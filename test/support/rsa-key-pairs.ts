/**
 * Making an RSA key pair takes an eighth of a second, and every emulated FusionAuth that signs something makes one. So the
 * key pairs of a worker take turns: no test has as many at the same time, hence none meets one of its pairs twice.
 */
const pairsInTurn = 32;

type GenerateKey = typeof crypto.subtle.generateKey;

const installed = Symbol.for('fusionauth-sessions.rsa-key-pairs-in-turn');
const { subtle } = crypto;

function inTurn(generateKey: GenerateKey): GenerateKey {
  const made = new Map<string, ReturnType<GenerateKey>[]>();
  let turns = 0;
  const take = (...args: Parameters<GenerateKey>): ReturnType<GenerateKey> => {
    const [algorithm] = args;
    if (typeof algorithm === 'string' || !('modulusLength' in algorithm)) return generateKey.apply(subtle, args);
    const sort = JSON.stringify([{ ...algorithm, publicExponent: null }, ...args.slice(1)]);
    const pairs = made.get(sort) ?? [];
    made.set(sort, pairs);
    turns += 1;
    const pair = pairs[turns % pairsInTurn] ?? generateKey.apply(subtle, args);
    pairs[turns % pairsInTurn] = pair;
    return pair;
  };
  return take as GenerateKey;
}

// A worker loads this once for each test file.
if (!(installed in subtle)) {
  Object.defineProperty(subtle, 'generateKey', { value: inTurn(subtle.generateKey) });
  Object.defineProperty(subtle, installed, { value: true });
}
