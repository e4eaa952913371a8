/** A kind of record that the emulator keeps as a document without any effect. */
export interface KeptKind {
  /** For people, in the plural. */
  readonly name: string;
  readonly basePath: string;
  /** The member that holds a document in requests and answers. */
  readonly member: string;
  /** The member that holds several of them. */
  readonly listMember: string;
  /** Documents of a tenant are seen by calls of that tenant only. Otherwise the kind is instance-wide. */
  readonly tenantScoped?: boolean;
  /** Calls need an API key without a tenant. */
  readonly globalKey?: boolean;
  /** FusionAuth requires a name. */
  readonly named?: boolean;
  /** A member of the body that names a document to start from. */
  readonly copiedFrom?: string;
  /** A parameter that narrows a list, for example `userId`. */
  readonly listedBy?: string;
}

/** The kinds of FusionAuth's OpenAPI description that no other file of the emulator implements. */
export const keptKinds: readonly KeptKind[] = [
  kind('themes', '/api/theme', 'theme', { named: true, copiedFrom: 'sourceThemeId' }),
  kind('e-mail templates', '/api/email/template', 'emailTemplate', { named: true }),
  kind('message templates', '/api/message/template', 'messageTemplate', { named: true }),
  kind('messengers', '/api/messenger', 'messenger', { named: true }),
  kind('lambdas', '/api/lambda', 'lambda', { named: true, globalKey: true }),
  kind('form fields', '/api/form/field', 'field'),
  kind('forms', '/api/form', 'form', { named: true }),
  kind('permissions of entity types', '/api/entity/type/:entityTypeId/permission', 'permission', { named: true }),
  kind('entity types', '/api/entity/type', 'entityType', { named: true }),
  kind('entities', '/api/entity', 'entity', { listMember: 'entities', named: true, tenantScoped: true }),
  kind('identity providers', '/api/identity-provider', 'identityProvider'),
  kind('connectors', '/api/connector', 'connector', { named: true }),
  kind('consents', '/api/consent', 'consent', { named: true }),
  kind('consents of users', '/api/user/consent', 'userConsent', { listedBy: 'userId' }),
  kind('comments on users', '/api/user/comment', 'userComment', { listedBy: 'userId' }),
  kind('IP access control lists', '/api/ip-acl', 'ipAccessControlList', { named: true }),
  kind('user action reasons', '/api/user-action-reason', 'userActionReason'),
];

/** Settings of which there is one. */
export const keptSettings: readonly (Pick<KeptKind, 'name' | 'basePath' | 'member'> & { readonly posted?: true })[] = [
  { name: 'integrations', basePath: '/api/integration', member: 'integrations' },
  { name: 'tenant manager settings', basePath: '/api/tenant-manager', member: 'tenantManagerConfiguration' },
  { name: 'the licence', basePath: '/api/reactor', member: 'status', posted: true },
];

function kind(
  name: string,
  basePath: string,
  member: string,
  options: Partial<Omit<KeptKind, 'name' | 'basePath' | 'member'>> = {},
): KeptKind {
  return { name, basePath, member, listMember: `${member}s`, ...options };
}
