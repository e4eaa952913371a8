import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';

describe('a variable under its former name', () => {
  it('has its effect, and a warning that names the current one', async () => {
    const loaded = await loadConfig({ WEBHOOK_HEAR_TIMEOUT_MS: '1234' });
    expect(loaded).toMatchObject({
      config: { webhook: { handleTimeoutMs: 1_234 } },
      warnings: [
        'WEBHOOK_HEAR_TIMEOUT_MS: is called WEBHOOK_HANDLE_TIMEOUT_MS now; the old name works in this version only',
      ],
    });
  });

  it('is refused beside the current one, because only one of two values can count', async () => {
    const loaded = await loadConfig({ WEBHOOK_HEAR_TIMEOUT_MS: '1000', WEBHOOK_HANDLE_TIMEOUT_MS: '2000' });
    expect(loaded).toEqual({
      ok: false,
      problems: [
        'WEBHOOK_HEAR_TIMEOUT_MS: is the old name of WEBHOOK_HANDLE_TIMEOUT_MS, which is given too; give one of them',
      ],
    });
  });

  it('is judged like the current one', async () => {
    const loaded = await loadConfig({ WEBHOOK_HEAR_TIMEOUT_MS: '0' });
    expect(loaded).toEqual({
      ok: false,
      problems: ['WEBHOOK_HANDLE_TIMEOUT_MS: must be from 1 to 10000: milliseconds, in digits alone'],
    });
  });

  it('warns of nothing when it is not in use', async () => {
    expect(await loadConfig({})).toMatchObject({ warnings: [] });
  });
});
