// Written by `npm run codegen`.
import type {
  ConsoleApplicationsQuery,
  ConsoleApplicationsQueryVariables,
  ConsoleByIdQuery,
  ConsoleByIdQueryVariables,
  ConsoleEventsSubscription,
  ConsoleEventsSubscriptionVariables,
  ConsoleHistoryQuery,
  ConsoleHistoryQueryVariables,
  ConsoleLimitsQuery,
  ConsoleLimitsQueryVariables,
  ConsoleRevokeSessionMutation,
  ConsoleRevokeSessionMutationVariables,
  ConsoleRevokeSessionsMutation,
  ConsoleRevokeSessionsMutationVariables,
  ConsoleSearchQuery,
  ConsoleSearchQueryVariables,
  ConsoleSessionsQuery,
  ConsoleSessionsQueryVariables,
  ConsoleSetUpFindingsQuery,
  ConsoleSetUpFindingsQueryVariables,
  ConsoleSetUpQuery,
  ConsoleSetUpQueryVariables,
  ConsoleSignInsQuery,
  ConsoleSignInsQueryVariables,
  ConsoleUserQuery,
  ConsoleUserQueryVariables,
  ConsoleUsersQuery,
  ConsoleUsersQueryVariables,
  ConsoleViewerQuery,
  ConsoleViewerQueryVariables,
} from '../../operations/operations.js';
import type { TrustedDocument } from './trusted-document.js';

export const ConsoleApplications: TrustedDocument<ConsoleApplicationsQuery, ConsoleApplicationsQueryVariables> = {
  sha256: '845152aa8c40c1b8dfc91ec29840765c98c4eb160f14f5990629fd58a2a844dc',
};

export const ConsoleById: TrustedDocument<ConsoleByIdQuery, ConsoleByIdQueryVariables> = {
  sha256: 'c1b6ee86b30f0229d7151368065f0f5da9446b0ed7305a3ebfe2346520bd1e60',
};

export const ConsoleEvents: TrustedDocument<ConsoleEventsSubscription, ConsoleEventsSubscriptionVariables> = {
  sha256: '20ee78812e5cec05373ce6aaff34401f245e746a67bc9d328dd2f3185f3b2132',
};

export const ConsoleHistory: TrustedDocument<ConsoleHistoryQuery, ConsoleHistoryQueryVariables> = {
  sha256: 'f7d72eab245e119f68240ca18f758d547d66cdf122d4c21a0551f0e09c427e10',
};

export const ConsoleLimits: TrustedDocument<ConsoleLimitsQuery, ConsoleLimitsQueryVariables> = {
  sha256: 'e03d1d6da820c9d1ecce6c52d49ce16a3b89bed06d7db1c4675c8fdc9c66899a',
};

export const ConsoleRevokeSession: TrustedDocument<ConsoleRevokeSessionMutation, ConsoleRevokeSessionMutationVariables> = {
  sha256: '5b9ac0f79150d0c90c9daa5225d20978db22f543d314b6a715e17a8381eff0bf',
};

export const ConsoleRevokeSessions: TrustedDocument<ConsoleRevokeSessionsMutation, ConsoleRevokeSessionsMutationVariables> = {
  sha256: '9108fcf728a9fcd5fef9af2555aa742eaf36aaf2c12a64592a0215424c49ff40',
};

export const ConsoleSearch: TrustedDocument<ConsoleSearchQuery, ConsoleSearchQueryVariables> = {
  sha256: '3f10d7a4c6684ada965eab5b654c28d6d5e8c4b45f70f0e1535f0b9c1544b7eb',
};

export const ConsoleSessions: TrustedDocument<ConsoleSessionsQuery, ConsoleSessionsQueryVariables> = {
  sha256: 'a35612fd59c0d64cf21957542bf20aae97bf017496f620485b59eaa54e5bf294',
};

export const ConsoleSetUp: TrustedDocument<ConsoleSetUpQuery, ConsoleSetUpQueryVariables> = {
  sha256: 'fbfe7eec0e06b9389766d0c8f9fefc01ea829503abf7dfe690b800b10262c7b4',
};

export const ConsoleSetUpFindings: TrustedDocument<ConsoleSetUpFindingsQuery, ConsoleSetUpFindingsQueryVariables> = {
  sha256: '921bc62e64b3cbfee8e1396121b3123c4399085b609963e4f0194fc2f0b32c7a',
};

export const ConsoleSignIns: TrustedDocument<ConsoleSignInsQuery, ConsoleSignInsQueryVariables> = {
  sha256: '5dc3854fd0ed68c1171a6d8d1b85fe988b65dfda99b7c5073786bac7bd5bca86',
};

export const ConsoleUser: TrustedDocument<ConsoleUserQuery, ConsoleUserQueryVariables> = {
  sha256: '32f4f9e8b50af02b27c2a13e966c4338a7a1e0d2ab1f926c34ff7ab0092f4553',
};

export const ConsoleUsers: TrustedDocument<ConsoleUsersQuery, ConsoleUsersQueryVariables> = {
  sha256: '79cee2f8072c33cb8317863542bc0590b65e482d4dc85307aa7bf5a241d3152c',
};

export const ConsoleViewer: TrustedDocument<ConsoleViewerQuery, ConsoleViewerQueryVariables> = {
  sha256: 'ad739c885ecc1e3cbd585749af26732306ee14996bd30fb030101d63b3e172b1',
};
