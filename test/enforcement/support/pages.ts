export interface Order {
  readonly field: 'CREATED_AT' | 'LAST_ACCESSED_AT' | 'EXPIRES_AT';
  readonly direction: 'ASC' | 'DESC';
}

export interface PageArguments {
  readonly userId: string;
  readonly first?: number;
  readonly after?: string | null;
  readonly last?: number;
  readonly before?: string | null;
  readonly orderBy?: Order;
}

export interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly totalCount: number;
  readonly truncated: boolean;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

export const document = `
  query Page($userId: ID!, $first: Int, $after: String, $last: Int, $before: String, $orderBy: SessionOrder) {
    sessionsConnection(userId: $userId, first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
      nodes { id }
      edges { cursor node { id } }
      totalCount
      truncated
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;
