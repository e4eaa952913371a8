import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ConsoleViewerQuery } from '../../operations/operations.js';

export type Viewer = ConsoleViewerQuery['viewer'];

type Permission =
  | 'session:read'
  | 'session:revoke'
  | 'session:bulk'
  | 'event:subscribe'
  | 'audit:read'
  | 'policy:read'
  | 'setup:read';

export const ViewerContext = createContext<Viewer | null>(null);

/** The person who is signed in. */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (viewer === null) throw new Error('No viewer is known yet');
  return viewer;
}

export function may({ permissions }: Viewer, permission: Permission): boolean {
  return permissions.includes(permission);
}

/** Whether the person may do this to the sessions of the user: people may end their own without any permission. */
export function mayFor(viewer: Viewer, permission: Permission, userId: string): boolean {
  return may(viewer, permission) || (viewer.userId !== null && viewer.userId === userId);
}
