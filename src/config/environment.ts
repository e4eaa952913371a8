import { z } from 'zod';
import { browserVariables } from './variables/browsers.js';
import { callerVariables } from './variables/callers.js';
import { consoleVariables } from './variables/console.js';
import { databaseVariables } from './variables/database.js';
import { fusionAuthVariables } from './variables/fusionauth.js';
import { documentVariables, operationVariables, subscriptionVariables } from './variables/limits.js';
import { networkVariables } from './variables/network.js';
import { oauthVariables } from './variables/oauth.js';
import { policyVariables } from './variables/policy.js';
import { policyTriggerVariables } from './variables/policy-triggers.js';
import { demoVariables, graphqlVariables, processVariables } from './variables/process.js';
import { secretFileVariables } from './variables/secret-files.js';
import { webhookVariables } from './variables/webhook.js';

/**
 * Every variable, by the headings of docs/reference/configuration.md, which `npm run docs` writes from here. Each has a
 * description; one without a default says in `unset` what holds without it, and `bounds` are its values.
 */
export const variableGroups = {
  'The process': processVariables,
  'Connections and proxies': networkVariables,
  FusionAuth: fusionAuthVariables,
  Callers: callerVariables,
  'OAuth endpoints': oauthVariables,
  Browsers: browserVariables,
  'The console': consoleVariables,
  "FusionAuth's webhook": webhookVariables,
  'The session policy': { ...policyVariables, ...policyTriggerVariables },
  Replicas: databaseVariables,
  GraphQL: graphqlVariables,
  'Limits of documents': documentVariables,
  'Limits of operations': operationVariables,
  'Events and revocations': subscriptionVariables,
  'Secrets in files': secretFileVariables,
  'The demo': demoVariables,
};

/** The schema of the process environment. */
export const environment = z.object({
  ...processVariables,
  ...networkVariables,
  ...fusionAuthVariables,
  ...callerVariables,
  ...oauthVariables,
  ...browserVariables,
  ...consoleVariables,
  ...webhookVariables,
  ...policyTriggerVariables,
  ...policyVariables,
  ...databaseVariables,
  ...graphqlVariables,
  ...documentVariables,
  ...operationVariables,
  ...subscriptionVariables,
  ...secretFileVariables,
  ...demoVariables,
});
