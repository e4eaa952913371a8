// The load under which a proxy's replicas are restarted.
import { once } from 'node:events';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { alice, clientAddress, openStream, send, signIn } from './client.mjs';

const list = `{ sessions(userId: "${alice}") { id } }`;
const requestsPerSecond = 30;

/** Asks at a steady rate until it is stopped, and follows events besides. */
export function load(fusionAuthUrl, url) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, localAddress: clientAddress });
  const stopped = new AbortController();
  const result = { sent: 0, failures: [], worstMs: 0, streams: 0 };
  const underWay = new Set();
  const ask = async (count) => {
    const startedAt = performance.now();
    try {
      const query = count % 10 === 0 ? `mutation { enforceSingleSession(userId: "${alice}") { outcome } }` : list;
      if (count % 10 === 0) await signIn(fusionAuthUrl);
      const { status, text } = await send(url, '/graphql', { body: { query }, agent });
      if (status !== 200 || JSON.parse(text).errors !== undefined)
        result.failures.push(`${status} ${text.slice(0, 200)}`);
    } catch (error) {
      result.failures.push(`${error}`);
    }
    result.worstMs = Math.max(result.worstMs, performance.now() - startedAt);
  };
  const timer = setInterval(() => {
    const asking = ask(++result.sent).finally(() => underWay.delete(asking));
    underWay.add(asking);
  }, 1_000 / requestsPerSecond);
  const following = follow();
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      stopped.abort();
      await following;
      agent.destroy();
      return result;
    },
  };

  async function follow() {
    while (!stopped.signal.aborted) {
      try {
        const { response } = await openStream(url, stopped.signal);
        result.streams++;
        response.resume();
        await once(response, 'close');
      } catch {
        await delay(50);
      }
    }
  }
}
