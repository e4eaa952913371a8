import { ConsoleApplications } from '../api/documents.js';
import { useQuery } from './query.js';

const noVariables = {};

/** The names of the applications that the person may see, by id. Empty until they are known. */
export function useApplicationNames(): ReadonlyMap<string, string | null> {
  const { data } = useQuery(ConsoleApplications, noVariables);
  return new Map(data?.applications.map(({ id, name }) => [id, name]));
}
