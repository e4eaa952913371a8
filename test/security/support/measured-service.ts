import { startOptions } from '#scripts/start-options.mjs';
import type { Emulator } from '../../../src/emulator/emulator.js';
import { type Running, startProgram } from '../../support/program.js';
import { serviceKeyFor, testServiceKeys } from '../../support/service-keys.js';

/** The built service in a process of its own, which tells a figure about its memory. */
export class MeasuredService implements AsyncDisposable {
  #asked = 0;

  private constructor(
    private readonly running: Running,
    private readonly url: string,
  ) {}

  /** @param figure An expression for the number that {@link figure} answers; `gc` and `v8` are there. */
  static async start(build: string, emulator: Emulator, figure: string): Promise<MeasuredService> {
    const before = `import v8 from 'node:v8';let n=0;process.on('SIGUSR2',()=>console.log('figure '+ ++n+': '+(${figure})))`;
    const env = {
      PORT: '0',
      FUSIONAUTH_URL: emulator.url,
      FUSIONAUTH_API_KEY: emulator.apiKey,
      SERVICE_KEYS: JSON.stringify(testServiceKeys()),
      RATE_LIMIT_POINTS: '100000000',
    };
    const running = startProgram(build, env, { options: [...startOptions, '--expose-gc'], before });
    const [, url = ''] = await running.printed(/"url":"([^"]+)".*"msg":"listening"/);
    return new MeasuredService(running, url);
  }

  async figure(): Promise<number> {
    this.#asked++;
    this.running.process.kill('SIGUSR2');
    const [, figure] = await this.running.printed(new RegExp(`^figure ${this.#asked}: (\\d+)$`, 'm'));
    return Number(figure);
  }

  /** @throws Error where the answer has errors. */
  async query(query: string): Promise<void> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${serviceKeyFor(['session:read'])}` },
      body: JSON.stringify({ query }),
    });
    const body = (await response.json()) as { readonly errors?: unknown };
    if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.running.process.kill('SIGKILL');
    await this.running.exited;
  }
}
