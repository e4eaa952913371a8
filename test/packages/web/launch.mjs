// Runs a bundle that finds what the web has, and nothing of Node.js. The platform's own `fetch` needs the rest.
const [, , bundle] = process.argv;

// In browsers and at the edge a timer is a number.
const timers = new Map();
let lastTimer = 0;
const webTimers = {
  setTimeout(callback, delayMs, ...values) {
    const number = ++lastTimer;
    const run = () => {
      timers.delete(number);
      callback(...values);
    };
    timers.set(number, setTimeout(run, delayMs));
    return number;
  },
  clearTimeout(number) {
    clearTimeout(timers.get(number));
    timers.delete(number);
  },
};
globalThis.web = { crypto, fetch, performance, AbortController, AbortSignal, Response, TextDecoder, URL, ...webTimers };

const { start } = await import(bundle);
const program = await start(JSON.parse(process.env.GIVEN), (line) => process.send(line));
process.once('message', async () => {
  await program.revoked();
  process.disconnect();
});
