import Fastify from 'fastify';
import mercurius from 'mercurius';
import { resolversOn, typeDefs } from './schema.js';
import { officialClient, peerEnvironment, readExpiryRule } from './settings.js';

/** Mercurius, which compiles a query when it comes the second time. */
const environment = peerEnvironment();
const client = officialClient(environment);
const app = Fastify();
const resolvers = resolversOn(client, await readExpiryRule(client));
await app.register(mercurius, { schema: typeDefs, resolvers, jit: 1 });
await app.listen({ host: '127.0.0.1', port: environment.port });
