import { request } from 'undici';
import { z } from 'zod';
import { Child } from './child.js';
import {
  counted,
  countedEach,
  type EmulatorReady,
  type EmulatorUser,
  emulatorReady,
  emulatorUsers,
  idsOfEach,
} from './messages.js';

const ordinary = { tenants: 1, applications: 5 };

/** The emulated FusionAuth, in a process of its own. */
export class EmulatorProcess implements AsyncDisposable {
  private constructor(
    readonly child: Child,
    readonly facts: EmulatorReady,
  ) {}

  /** @param size How many tenants and applications it has; sessions are spread over the applications. */
  static async start(size: { readonly tenants: number; readonly applications: number } = ordinary) {
    const env = { BENCH_TENANTS: `${size.tenants}`, BENCH_APPLICATIONS: `${size.applications}` };
    const child = new Child({ module: './emulator-process.js', env });
    return new EmulatorProcess(child, await child.ready(emulatorReady));
  }

  /** Delays every call from now on by so many milliseconds. Zero: by none. */
  async setLatency(latencyMs: number): Promise<void> {
    const { url, apiKey } = this.facts;
    const headers = { authorization: apiKey, 'content-type': 'application/json' };
    const script = `${url}/emulator/faults`;
    await expectNoContent(request(script, { method: 'DELETE', headers: { authorization: apiKey } }));
    if (latencyMs === 0) return;
    const rule = { path: '/*', fault: { kind: 'latency', minMs: latencyMs, maxMs: latencyMs } };
    await expectNoContent(request(script, { method: 'POST', headers, body: JSON.stringify(rule) }));
  }

  addUsers(users: number, sessionsEach: number): Promise<EmulatorUser[]> {
    return this.child.ask({ kind: 'addUsers', users, sessionsEach }, emulatorUsers);
  }

  countSessions(userIds: readonly string[]): Promise<number[]> {
    return this.child.ask({ kind: 'countSessions', userIds }, countedEach);
  }

  sessionIds(userIds: readonly string[]): Promise<string[][]> {
    return this.child.ask({ kind: 'sessionIds', userIds }, idsOfEach);
  }

  async addConsole(console: { readonly clientId: string; readonly clientSecret: string; readonly callback: string }) {
    await this.child.ask({ kind: 'addConsole', ...console }, z.string());
  }

  /** How many calls arrive while `action` runs: at most 10,000, which is what the emulator remembers. */
  async callsDuring(action: () => Promise<unknown>): Promise<number> {
    await this.child.ask({ kind: 'forgetCalls' }, counted);
    await action();
    return this.child.ask({ kind: 'countCalls' }, counted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child[Symbol.asyncDispose]();
  }
}

async function expectNoContent(answer: ReturnType<typeof request>): Promise<void> {
  const { statusCode, body } = await answer;
  await body.dump();
  if (statusCode !== 204) throw new Error(`The fault script answered ${statusCode}`);
}
