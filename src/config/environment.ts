import { z } from 'zod';
import { browserVariables } from './variables/browsers.js';
import { callerVariables } from './variables/callers.js';
import { fusionAuthVariables } from './variables/fusionauth.js';
import { documentVariables, operationVariables, subscriptionVariables } from './variables/limits.js';
import { demoVariables, graphqlVariables, processVariables } from './variables/process.js';
import { webhookVariables } from './variables/webhook.js';

/**
 * Every variable, by the headings of docs/reference/configuration.md, which `npm run docs` writes from here. Each has a
 * description; one without a default says in `unset` what holds without it, and `bounds` are its values.
 */
export const variableGroups = {
  'The process': processVariables,
  FusionAuth: fusionAuthVariables,
  Callers: callerVariables,
  Browsers: browserVariables,
  "FusionAuth's webhook": webhookVariables,
  GraphQL: graphqlVariables,
  'Limits of documents': documentVariables,
  'Limits of operations': operationVariables,
  'Events and revocations': subscriptionVariables,
  'The demo': demoVariables,
};

/** The schema of the process environment. */
export const environment = z.object({
  ...processVariables,
  ...fusionAuthVariables,
  ...callerVariables,
  ...browserVariables,
  ...webhookVariables,
  ...graphqlVariables,
  ...documentVariables,
  ...operationVariables,
  ...subscriptionVariables,
  ...demoVariables,
});
