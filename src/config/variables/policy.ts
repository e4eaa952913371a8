import { z } from 'zod';

export const policyVariables = {
  POLICY_FILE: z.string().meta({ bounds: 'a path' }).optional().meta({
    description:
      'File with the [session policy](session-policy.md), read anew when it changes and on SIGHUP. The service does not start with an unusable one.',
    unset: "`data.sessionPolicy` of FusionAuth's tenant and applications, where they have one",
  }),
};
