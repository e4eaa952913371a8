// A resource server as far as its guard goes, in a process of its own: it decides on the tokens that it is sent.
import { createGuard } from '../../../dist/guard/guard.js';

const guard = createGuard(JSON.parse(process.argv[2]));
process.on('disconnect', () => process.exit());
process.on('message', async ({ number, tokens }) => {
  const decisions = await Promise.all(
    tokens.map(async (token) => {
      const from = Date.now();
      const { ok, reason = null, status = null, doubt = null, lagSeconds = null } = await guard.check(token);
      return { ok, reason, status, doubt, lagSeconds, from, until: Date.now() };
    }),
  );
  process.send({ number, decisions });
});
await guard.ready();
process.send({ number: 0, decisions: [] });
