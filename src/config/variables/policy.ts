import { z } from 'zod';

export const policyVariables = {
  POLICY_FILE: z.string().meta({ bounds: 'a path' }).optional().meta({
    description:
      'File with the [session policy](session-policy.md), read anew when it changes and on SIGHUP. A start with one that cannot be used fails.',
    unset: "`data.sessionPolicy` of FusionAuth's tenant and applications, where they have one",
  }),
};
