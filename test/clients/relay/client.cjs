// Runs a page of an application with Relay, and writes what it shows, step by step, as JSON.
const { mkdirSync } = require('node:fs');
const { execFileSync } = require('node:child_process');
const {
  ConnectionHandler,
  createOperationDescriptor,
  Environment,
  getRequest,
  getSelector,
  getSingularSelector,
  Network,
  RecordSource,
  Store,
} = require('relay-runtime');

const { SERVICE_URL: url, SERVICE_KEY: key, USER_ID: userId } = process.env;

mkdirSync(`${__dirname}/__generated__`, { recursive: true });
execFileSync(process.execPath, [require.resolve('relay-compiler/cli.js'), 'relay.config.json'], {
  cwd: __dirname,
  // Without git on the path, to which it would add what it generates.
  env: {},
});
const artifact = (name) => require(`./__generated__/documents${name}.graphql.js`);

const environment = new Environment({
  network: Network.create(async ({ text: query }, variables) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  }),
  store: new Store(new RecordSource()),
});

/** Executes an operation into the store, as the hooks of react-relay do. */
async function run(name, variables) {
  const operation = createOperationDescriptor(getRequest(artifact(name)), variables);
  environment.retain(operation);
  await environment.execute({ operation }).toPromise();
  return environment.lookup(operation.fragment).data;
}

async function main() {
  const { user } = await run('Query', { userId });
  const page = getSingularSelector(artifact('UserSessions'), user);
  const shown = [];
  const show = ({ data }) => shown.push(data.sessionsConnection.edges.map(({ node }) => node.id));
  const snapshot = environment.lookup(page);
  show(snapshot);
  environment.subscribe(snapshot, show);

  // The next page, as usePaginationFragment loads it.
  const { endCursor: cursor } = snapshot.data.sessionsConnection.pageInfo;
  await run('NextPageQuery', { id: userId, count: 10, cursor });

  // One row again, as useRefetchableFragment fetches it.
  const [edge] = snapshot.data.sessionsConnection.edges;
  const { node } = await run('SessionRefetchQuery', { id: edge.node.id });
  const row = environment.lookup(getSelector(artifact('Session'), node)).data;

  const connection = ConnectionHandler.getConnectionID(userId, 'documents_sessionsConnection');
  const operation = createOperationDescriptor(getRequest(artifact('RevokeMutation')), {
    sessionId: edge.node.id,
    connections: [connection],
  });
  const { data } = await environment.executeMutation({ operation }).toPromise();
  process.stdout.write(JSON.stringify({ shown, row, outcome: data.revokeSession.outcome }));
}

void main();
