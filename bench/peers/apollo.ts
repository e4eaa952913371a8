import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { resolversOn, typeDefs } from './schema.js';
import { officialClient, peerEnvironment, readExpiryRule } from './settings.js';

/** Apollo Server as its documentation starts it. */
const environment = peerEnvironment();
const client = officialClient(environment);
const server = new ApolloServer({ typeDefs, resolvers: resolversOn(client, await readExpiryRule(client)) });
await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: environment.port } });
