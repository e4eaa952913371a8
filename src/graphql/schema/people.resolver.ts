import { Arg, Ctx, Extensions, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import {
  maxSearchCharacters,
  maxSearchWords,
  readApplications,
  readSignIns,
  searchUsers,
} from '../../application/operation/read-people.js';
import type { Application, Registration, SignIn, Tenant } from '../../domain/directory.js';
import { InvalidInputError } from '../../domain/errors.js';
import { parseUserId } from '../../domain/ids.js';
import { type Optional, parseId } from './arguments.js';
import { ApplicationType, RegistrationType, SignInType, TenantType } from './directory.types.js';
import { idOf, type Price, settingsRead } from './price.js';
import { maxPageSize } from './session-connection.type.js';
import { rowsBefore, toUserConnection, UserConnectionType } from './user-connection.type.js';

const defaultUsers = 10;
const defaultSignIns = 10;

const priceOfSearch: Price = (calls, { text, first, after }) => {
  calls.once();
  const size = typeof first === 'number' ? Math.max(0, Math.min(first, maxPageSize)) : defaultUsers;
  return Array.from({ length: size }, (_, index) => `found ${index} of ${after} ${text}`);
};

const priceOfSignIns: Price = (calls, { userId }) => {
  calls.usersApart([idOf(userId)]);
  calls.once();
  return [];
};

@Resolver()
export class PeopleResolver {
  @Extensions({ price: priceOfSearch })
  @Query(() => UserConnectionType, {
    description: `Users whose e-mail address, user name or full name holds each word of the text, or the user with this id: the one with exactly this e-mail address first, the others by their addresses. A whole e-mail address finds the addresses that begin with it. Nothing in the text is query syntax. One call of FusionAuth, whose search may lag some seconds behind its users.

If the text may be the id of a session, ask \`session(id:)\` in the same operation, too. Needs session:read; a service key that is bound to applications may not search.`,
  })
  async searchUsers(
    @Arg('text', () => String, {
      description: `At least 2 letters or digits, and at most ${maxSearchWords} words and ${maxSearchCharacters} characters, without regard to case.`,
    })
    text: string,
    @Arg('first', () => Int, { defaultValue: defaultUsers, description: `How many, 1 to ${maxPageSize}.` })
    first: number,
    @Arg('after', () => String, {
      nullable: true,
      description: 'The cursor of the edge before the page. Default: the first page.',
    })
    after: Optional<string>,
    @Ctx() scope: OperationScope,
  ): Promise<UserConnectionType> {
    const size = checkedSize(first);
    const skip = rowsBefore(after);
    return toUserConnection(await searchUsers(scope, { text, skip, size }), skip);
  }

  @Extensions({ price: settingsRead })
  @Query(() => [ApplicationType], {
    description:
      'The active applications that the caller may see, by name. When FusionAuth has too many to list, the applications of recently listed sessions. Needs session:read.',
  })
  applications(@Ctx() scope: OperationScope): Promise<readonly Application[]> {
    return readApplications(scope);
  }

  @Extensions({ price: priceOfSignIns })
  @Query(() => [SignInType], {
    nullable: true,
    description:
      "The latest sign-ins of a user, the newest first, from FusionAuth's login records, whose retention is a setting of FusionAuth. They include those that began no session. [] for an unknown user. Null when the service may not read them: its API key must be one for all tenants, with POST on /api/system/login-record/search. Needs session:read.",
  })
  async recentSignIns(
    @Arg('userId', () => ID, { description: 'Whose: a UUID.' }) userId: string,
    @Arg('first', () => Int, { defaultValue: defaultSignIns, description: `How many, 1 to ${maxPageSize}.` })
    first: number,
    @Ctx() scope: OperationScope,
  ): Promise<readonly SignIn[] | null> {
    return readSignIns(scope, parseId(userId, parseUserId, ['userId']), checkedSize(first));
  }
}

@Resolver(() => ApplicationType)
export class ApplicationResolver {
  @Extensions({ price: settingsRead })
  @FieldResolver(() => TenantType, {
    nullable: true,
    description: 'Its tenant. Null when tenantId is, or it could not be read.',
  })
  async tenant(@Root() { tenantId }: Application, @Ctx() { reads }: OperationScope): Promise<Tenant | null> {
    return tenantId === null ? null : reads.tenant(tenantId);
  }
}

@Resolver(() => RegistrationType)
export class RegistrationResolver {
  @Extensions({ price: settingsRead })
  @FieldResolver(() => ApplicationType, { nullable: true, description: 'The application. Null when it is not active.' })
  application(@Root() { applicationId }: Registration, @Ctx() { reads }: OperationScope): Promise<Application | null> {
    return reads.application(applicationId);
  }
}

@Resolver(() => SignInType)
export class SignInResolver {
  @Extensions({ price: settingsRead })
  @FieldResolver(() => ApplicationType, {
    nullable: true,
    description: 'The application. Null when applicationId is, and when it is not active.',
  })
  async application(@Root() { applicationId }: SignIn, @Ctx() { reads }: OperationScope): Promise<Application | null> {
    return applicationId === null ? null : reads.application(applicationId);
  }
}

/** @throws InvalidInputError when the page is empty or too large. */
function checkedSize(first: number): number {
  if (first >= 1 && first <= maxPageSize) return first;
  throw new InvalidInputError(['first'], `first must be from 1 to ${maxPageSize}.`);
}
