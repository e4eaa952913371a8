import type { Registration, SignIn } from '../../domain/directory.js';
import { ForbiddenError } from '../../domain/errors.js';
import type { ApplicationId, UserId } from '../../domain/ids.js';
import type { FoundUsers, People } from '../../domain/ports/people.js';

interface PeopleBounds {
  /** Only this user; null for anyone. */
  readonly userId: UserId | null;
  /** Only registrations and sign-ins of these applications; null for any. */
  readonly applicationIds: ReadonlySet<ApplicationId> | null;
  /** Makes the error for a search by a caller that may see only itself. */
  readonly refusal: () => Error;
}

/** People for a caller that may see only itself, or only some applications. */
export class BoundedPeople implements People {
  constructor(
    private readonly people: People,
    private readonly bounds: PeopleBounds,
  ) {}

  /**
   * Always refused: FusionAuth cannot search within applications, so an answer would show users of other applications.
   */
  async search(): Promise<FoundUsers> {
    const { userId, refusal } = this.bounds;
    if (userId !== null) throw refusal();
    throw new ForbiddenError('A service key that is bound to applications may not search users: ask for users by id.');
  }

  async registrationsOf(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, readonly Registration[]>> {
    const { userId } = this.bounds;
    const found = await this.people.registrationsOf(userId === null ? ids : ids.filter((id) => id === userId));
    return new Map([...found].map(([id, registrations]) => [id, registrations.filter((one) => this.#isWithin(one))]));
  }

  async signInsOf(userId: UserId, count: number): Promise<readonly SignIn[] | null> {
    if (this.bounds.userId !== null && this.bounds.userId !== userId) return [];
    const signIns = await this.people.signInsOf(userId, count);
    return signIns?.filter((one) => this.#isWithin(one)) ?? null;
  }

  #isWithin({ applicationId }: { readonly applicationId: ApplicationId | null }): boolean {
    const { applicationIds } = this.bounds;
    return applicationIds === null || (applicationId !== null && applicationIds.has(applicationId));
  }
}
