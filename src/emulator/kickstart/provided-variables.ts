import { defaultFormIds, defaultLambdaIds } from '../store/default-entities.js';
import { defaultSigningKeyId, fusionAuthApplicationId } from '../store/defaults.js';

/** The variables FusionAuth provides to every kickstart file (kickstart documentation, environment variables). */
export function providedVariables(tenantId: string, tenantManagerId: string): [string, string][] {
  return [
    ['FUSIONAUTH_APPLICATION_ID', fusionAuthApplicationId],
    ['FUSIONAUTH_DEFAULT_SIGNING_KEY_ID', defaultSigningKeyId],
    ['FUSIONAUTH_TENANT_ID', tenantId],
    ['FUSIONAUTH_TENANT_MANAGER_APPLICATION_ID', tenantManagerId],
    ['TENANT_MANAGER_ID', tenantManagerId],
    ...Object.entries(defaultFormIds).map(([name, id]): [string, string] => [`FUSIONAUTH_FORM[${name}]_ID`, id]),
    ...Object.entries(defaultLambdaIds).map(([name, id]): [string, string] => [`FUSIONAUTH_LAMBDA[${name}]_ID`, id]),
  ];
}
