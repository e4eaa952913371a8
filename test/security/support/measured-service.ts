import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { startOptions } from '#scripts/start-options.mjs';
import type { Emulator } from '../../../src/emulator/emulator.js';
import { serviceKeyFor, testServiceKeys } from '../../support/service-keys.js';

/** The built service in a process of its own, which tells a figure about its memory. */
export class MeasuredService implements AsyncDisposable {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /** @param figure An expression for the number that {@link figure} answers; `gc` and `v8` are there. */
  static async start(build: string, emulator: Emulator, figure: string): Promise<MeasuredService> {
    const probe = `import v8 from 'node:v8';process.on('message',()=>process.send(${figure}))`;
    const child = spawn(
      process.execPath,
      [
        ...startOptions,
        '--expose-gc',
        '--import',
        `data:text/javascript,${encodeURIComponent(probe)}`,
        `${build}/main.js`,
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
        env: {
          PORT: '0',
          FUSIONAUTH_URL: emulator.url,
          FUSIONAUTH_API_KEY: emulator.apiKey,
          SERVICE_KEYS: JSON.stringify(testServiceKeys()),
          RATE_LIMIT_POINTS: '100000000',
        },
      },
    );
    return new MeasuredService(await listeningUrl(child), child);
  }

  async figure(): Promise<number> {
    const answer = once(this.child, 'message');
    this.child.send('tell');
    const [figure] = (await answer) as [number];
    return figure;
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
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}

function listeningUrl(child: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(output)));
    child.stdout?.on('data', (chunk: Buffer) => {
      output = `${output}${chunk.toString()}`.slice(-10_000);
      const found = /"url":"([^"]+)".*"msg":"listening"/.exec(output);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
  });
}
