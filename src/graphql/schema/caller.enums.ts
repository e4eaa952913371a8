import { registerEnumType } from 'type-graphql';
import type { Caller } from '../../domain/caller.js';
import { namesFor } from './enum-names.js';

export const CallerKind = namesFor<Caller['kind']>()({ SERVICE: 'service', USER: 'user' });
registerEnumType(CallerKind, {
  name: 'CallerKind',
  description: 'The kind of caller that invokes the operation.',
  valuesConfig: {
    SERVICE: { description: 'A service, by a service key or an access token of its own.' },
    USER: { description: 'A person, by an access token.' },
  },
});
