import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { withoutSchemas } from '../../src/http/without-schemas.js';

describe('a server without compilers of schemas', () => {
  it('answers routes that have no schema', async () => {
    const app = Fastify({ schemaController: withoutSchemas });
    app.post('/echo', async ({ body }) => body);
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/echo', payload: { a: [1, 'ü'] } });
    expect([statusCode, body]).toEqual([200, '{"a":[1,"ü"]}']);
    await app.close();
  });

  it('does not start with a route that has one, in place of not checking by it', async () => {
    const app = Fastify({ schemaController: withoutSchemas });
    app.post('/checked', { schema: { body: { type: 'object' } } }, async () => 'never');
    await expect(app.ready()).rejects.toThrow('Routes of this service have no schemas');
  });
});
