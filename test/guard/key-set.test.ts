import { expect, it } from 'vitest';
import { KeySet } from '../../src/guard/key-set.js';
import { systemRuntime } from '../../src/guard/runtime.js';
import { ScriptedService } from './scripted-service.js';

it('the keys in force stay the same, with what was learnt with them, until FusionAuth publishes others', async () => {
  await using service = await ScriptedService.start();
  service.keyIds.splice(0, service.keyIds.length, 'one');
  const keys = new KeySet({
    url: new URL(`${service.url}/.well-known/jwks.json`),
    runtime: systemRuntime,
    elapsedMs: systemRuntime.elapsedMs,
    signal: new AbortController().signal,
    onError: (error) => expect.unreachable(error.message),
  });
  expect(keys.inForce()).toBeNull();
  await keys.fetch();
  const first = keys.inForce();
  expect(first).not.toBeNull();
  await keys.fetch();
  expect(keys.inForce()).toBe(first);
  service.keyIds.splice(0, 1);
  await expect(keys.fetch()).rejects.toThrow('empty');
  expect(keys.inForce()).toBe(first);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  service.keyIds.push('two');
  await keys.fetch();
  expect(keys.inForce()).not.toBe(first);
});
