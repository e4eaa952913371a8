import { describe, expect, it } from 'vitest';
import { startTestService } from '../support/service.js';

describe('GraphiQL', () => {
  it('is one page at / that needs no other site', { timeout: 60_000 }, async () => {
    await using service = await startTestService();
    const response = await service.fetch('/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const page = await response.text();
    expect(page).toContain('/graphql');

    const [markup = ''] = [
      page.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/gi, (block) => block.slice(0, block.indexOf('>') + 1)),
    ];
    expect(markup.length).toBeGreaterThan(100);
    const loaded =
      markup.match(/<(script|link|img|iframe|source)\b[^>]*\b(src|href)\s*=\s*["']?(?!data:|#)[^"'\s>]+/gi) ?? [];
    expect(loaded).toEqual([]);
    const styles = page.match(/<style\b[^>]*>[\s\S]*?<\/style>/gi) ?? [];
    expect(styles.join('').match(/(@import\s+|url\(\s*)["']?(https?:)?\/\//gi) ?? []).toEqual([]);
  });

  it('holds no service key', async () => {
    await using service = await startTestService();
    const page = await (await service.fetch('/')).text();
    expect(page).not.toContain(service.key(['session:read']).slice(0, 'test-key-for-'.length));
  });

  it('can be switched off', async () => {
    await using service = await startTestService({ env: { GRAPHIQL: 'false' } });
    expect((await service.fetch('/')).status).toBe(404);
  });

  it('is off in production, and so is introspection', async () => {
    await using service = await startTestService({ env: { NODE_ENV: 'production' } });
    expect((await service.fetch('/')).status).toBe(404);
    const { status } = await service.query('{ __schema { queryType { name } } }');
    expect(status).toBe(400);
  });
});
