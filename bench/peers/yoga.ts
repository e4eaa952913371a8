import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { resolversOn, typeDefs } from './schema.js';
import { officialClient, peerEnvironment, readExpiryRule } from './settings.js';

/** GraphQL Yoga as its documentation starts it. */
const environment = peerEnvironment();
const client = officialClient(environment);
const schema = createSchema({ typeDefs, resolvers: resolversOn(client, await readExpiryRule(client)) });
createServer(createYoga({ schema, graphiql: false, landingPage: false })).listen(environment.port, '127.0.0.1');
