import { z } from 'zod';
import { parseApplicationId, parseGroupId, parseTenantId, parseUserId } from '../domain/ids.js';

/** FusionAuth lists 1,000 sessions of a user, so a limit as high as that could never see surplus ones. */
const most = 999;

const maxRules = 100;
const maxListed = 1_000;

/** The default of `maxRevocationsPerMinute`. */
const revocationsPerMinute = 200;

const uuid = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

function ids<Id>(parse: (value: unknown) => Id | undefined, of: string) {
  const id = z
    .string(`must be the id of ${article(of)}: a UUID`)
    .refine((text) => parse(text) !== undefined, `must be the id of ${article(of)}: a UUID`)
    .meta({ pattern: uuid });
  return listOf(id, `must be a list of ids of ${of}s`);
}

function article(of: string): string {
  return `${/^[aeio]/.test(of) ? 'an' : 'a'} ${of}`;
}

function listOf<Item extends z.ZodType>(item: Item, problem: string) {
  return z
    .array(item, problem)
    .min(1, 'must name at least one; leave it out for any')
    .max(maxListed, `must name at most ${maxListed}`);
}

const roleNames = listOf(
  z
    .string('must be the name of a role')
    .min(1, 'must be the name of a role')
    .max(255, 'must have at most 255 characters'),
  'must be a list of names of roles',
);

const mode = z.enum(['observe', 'enforce'], 'must be observe or enforce');

const condition = z
  .strictObject(
    {
      applications: ids(parseApplicationId, 'application').optional().describe('Sessions of these applications.'),
      roles: roleNames
        .optional()
        .describe('Users with one of these roles, for their sessions of the applications where they have it.'),
      groups: ids(parseGroupId, 'group').optional().describe('Users who are members of one of these groups.'),
      users: ids(parseUserId, 'user').optional().describe('These users.'),
      tenants: ids(parseTenantId, 'tenant').optional().describe('Users of these tenants.'),
      userData: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean()], 'must be a text, a number, true or false'))
        .refine((data) => Object.keys(data).length > 0, 'must name at least one member; leave it out for any')
        .refine((data) => Object.keys(data).length <= 20, 'must name at most 20 members')
        .optional()
        .describe('Users whose `data` in FusionAuth has these members. A list there matches by any of its items.'),
    },
    'must be a mapping of conditions',
  )
  .describe(
    'Whom the rule is for, and which of their sessions. All conditions must hold. Default: everybody, and all.',
  );

const rule = z.strictObject(
  {
    name: z
      .string('must be a name')
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must have 1 to 63 characters of a-z, 0-9 and -, and begin with no -')
      .describe('Unique. Records, events and metrics carry it.'),
    mode: mode.optional().describe('Of this rule alone: observe while the policy enforces. Default: as the policy.'),
    when: condition.optional(),
    counts: z
      .strictObject(
        {
          deviceTypes: listOf(
            z
              .string('must be a device type such as MOBILE')
              .min(1, 'must be a device type such as MOBILE')
              .max(64, 'must have at most 64 characters')
              .refine(
                (type) => type.toLowerCase() !== 'unknown',
                'must not be UNKNOWN, which says as little as no type: such sessions fall to the rules without counts',
              ),
            'must be a list of device types',
          ).describe('In any case. FusionAuth has BROWSER, DESKTOP, LAPTOP, MOBILE, OTHER, SERVER, TABLET and TV.'),
        },
        'must be a mapping with deviceTypes',
      )
      .optional()
      .describe('A budget of its own for sessions on these devices. Default: sessions on any device.'),
    allow: z
      .int(`must be a whole number from 1 to ${most}`)
      .min(1, `must be from 1 to ${most}`)
      .max(most, `must be from 1 to ${most}`)
      .describe('How many sessions may stay. SSO sessions do not count.'),
    per: z
      .enum(['user', 'application'], 'must be user or application')
      .default('user')
      .describe('One budget for all the sessions that the rule is about, or one for each application.'),
    overflow: z
      .enum(
        ['end-oldest', 'end-least-recently-used', 'deny-new'],
        'must be end-oldest, end-least-recently-used or deny-new',
      )
      .default('end-oldest')
      .describe('What happens above the budget. deny-new ends nothing: FusionAuth asks before it signs somebody in.'),
    sso: z
      .enum(['keep-newest', 'end-all', 'keep-all'], 'must be keep-newest, end-all or keep-all')
      .optional()
      .describe(
        'SSO sessions follow the first rule that is about them. Default: keep-newest (under deny-new keep-all); a rule with applications or counts is about them only where it has sso.',
      ),
  },
  'must be a mapping with name and allow',
);

/** The language of session policies, of which the JSON Schema is made. */
export const policyLanguage = z.strictObject(
  {
    version: z.literal(1, 'must be 1').describe('The version of this language.'),
    mode: mode.describe('Under observe nothing ends: what would have ended is published, with the rule.'),
    rules: z
      .array(rule, 'must be a list of rules')
      .min(1, 'must hold at least one rule')
      .max(maxRules, `must hold at most ${maxRules} rules`)
      .describe('In order. Of those that match a user, each session falls to the first that is about it.'),
    exempt: z
      .strictObject(
        {
          users: ids(parseUserId, 'user').optional().describe('These users.'),
          roles: roleNames.optional().describe('Users with one of these roles in any application.'),
          groups: ids(parseGroupId, 'group').optional().describe('Members of one of these groups.'),
          whenMoreThan: z
            .int(`must be a whole number from 1 to ${most}`)
            .min(1, `must be from 1 to ${most}`)
            .max(most, `must be from 1 to ${most}`)
            .optional()
            .describe(
              'Users with more live sessions than this, such as bots; for an application, more of its own sessions.',
            ),
        },
        'must be a mapping',
      )
      .optional()
      .describe('Users of whom nothing ends. One that holds suffices.'),
    maxRevocationsPerMinute: z
      .int('must be a whole number from 1 to 100000')
      .min(1, 'must be from 1 to 100000')
      .max(100_000, 'must be from 1 to 100000')
      .default(revocationsPerMinute)
      .describe('How many sessions the policy may end in a minute, over all users and replicas.'),
  },
  'must be a mapping with version, mode and rules',
);

export type PolicyDocument = z.output<typeof policyLanguage>;
export type RuleDocument = PolicyDocument['rules'][number];

/** The JSON Schema of the language, for editors. */
export function policyJsonSchema(): object {
  const schema = z.toJSONSchema(policyLanguage, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'Session policy of fusionauth-sessions' };
}
