import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SetUpFinding } from '../../src/domain/set-up-finding.js';
import { buildService } from '../support/build.js';
import { authorityFile, type Certificate, startTlsServer, type TlsServer } from '../support/tls-server.js';
import { createWorld, secrets, type World } from './world.js';

let build: string;
let world: World;

// A process reads its authorities when it starts, so doctor runs in one of its own.
beforeAll(async () => {
  build = await buildService();
  world = await createWorld('http://127.0.0.1:1');
}, 120_000);

afterAll(() => world[Symbol.asyncDispose]());

async function diagnose(env: Readonly<Record<string, string>>): Promise<readonly SetUpFinding[]> {
  const child = spawn(process.execPath, [`${build}/main.js`, 'doctor', '--json'], {
    env: { ...world.env, NODE_EXTRA_CA_CERTS: authorityFile, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  await once(child, 'close');
  expect(output).not.toContain(secrets.key);
  return (JSON.parse(output) as { findings: SetUpFinding[] }).findings;
}

const said = (findings: readonly SetUpFinding[], check: string) =>
  findings.filter((one) => one.check === check).map(({ state, message }) => `${state}: ${message}`);

describe('doctor, of the certificate of FusionAuth', () => {
  const cases: readonly [Certificate, string][] = [
    ['expired', 'problem: FUSIONAUTH_URL URL: the certificate has expired (CERT_HAS_EXPIRED). Renew it, and check'],
    ['future', 'problem: FUSIONAUTH_URL URL: the certificate is not valid yet (CERT_NOT_YET_VALID). Check the clock'],
    ['other-host', 'problem: FUSIONAUTH_URL URL: the certificate is for another host. Use the name that it is for.'],
    [
      'self-signed',
      'problem: FUSIONAUTH_URL URL: the certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT). Name its authority in NODE_EXTRA_CA_CERTS',
    ],
    ['trusted', 'ok: FusionAuth answers at URL, and takes the key.'],
  ];

  it.concurrent.each(cases)(
    'finds it to be %s',
    async (certificate, line) => {
      await using server = await startTlsServer(certificate, world.emulator.url);
      const found = said(await diagnose({ FUSIONAUTH_URL: server.url }), 'connection');
      expect(found).toEqual([
        expect.stringContaining(line.replace('URL:', `${server.url}:`).replace('URL,', `${server.url},`)),
      ]);
    },
    60_000,
  );

  it.concurrent('finds http where the port speaks https', async () => {
    await using server: TlsServer = await startTlsServer('trusted', world.emulator.url);
    const found = said(await diagnose({ FUSIONAUTH_URL: `http://localhost:${server.port}` }), 'connection');
    expect(found).toEqual([
      expect.stringMatching(
        /^problem: .*(does not speak http on this port: write https|Check address, port and scheme)/,
      ),
    ]);
  }, 60_000);

  it.concurrent('finds an authority that is not named', async () => {
    await using server = await startTlsServer('trusted', world.emulator.url);
    const found = said(await diagnose({ FUSIONAUTH_URL: server.url, NODE_EXTRA_CA_CERTS: '' }), 'connection');
    expect(found).toEqual([
      expect.stringContaining('the certificate is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE). Name its authority'),
    ]);
  }, 60_000);
});

describe('doctor, of the certificate of the service', () => {
  it.concurrent('finds that clients do not trust it', async () => {
    await using server = await startTlsServer('expired', world.emulator.url);
    const found = await diagnose({ PUBLIC_URL: server.url });
    expect(said(found, 'public-url')).toEqual([
      `problem: ${server.url}: the certificate has expired (CERT_HAS_EXPIRED). Renew it, and check the clock of this machine.`,
    ]);
  }, 60_000);
});
