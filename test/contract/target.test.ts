import { describe, expect, it } from 'vitest';
import { parseTarget } from './target.js';

describe('choosing the instance to run the contract against', () => {
  it('names every variable that is missing', () => {
    const target = parseTarget({ FUSIONAUTH_URL: '' });

    expect(target).toMatchObject({ ok: false });
    expect(JSON.stringify(target)).toMatch(/FUSIONAUTH_URL: .*FUSIONAUTH_API_KEY: /);
  });

  it('refuses what is no http URL', () => {
    for (const url of ['localhost:9011', 'file:///etc', 'http://']) {
      expect(parseTarget({ FUSIONAUTH_URL: url, FUSIONAUTH_API_KEY: 'key' })).toMatchObject({ ok: false });
    }
  });

  it('takes the URL without its trailing slashes', () => {
    const env = { FUSIONAUTH_URL: 'https://auth.example.com/base//', FUSIONAUTH_API_KEY: 'key' };

    expect(parseTarget(env)).toEqual({ ok: true, url: 'https://auth.example.com/base', apiKey: 'key' });
  });
});
