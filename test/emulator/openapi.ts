import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

interface OpenApiExtract {
  /** Operation, such as `GET /api/user/{userId}`, to the name of the schema of its answer. */
  readonly operations: Readonly<Record<string, string>>;
  readonly schemas: Readonly<Record<string, object>>;
}

const extract = JSON.parse(
  readFileSync(new URL('./fusionauth-schemas.json', import.meta.url), 'utf8'),
) as OpenApiExtract;

/**
 * Where the description contradicts FusionAuth's documentation: an identity type is sent as its name, a JWT is its
 * claims, and the pattern of time zones lost its backslashes.
 */
const corrections = { IdentityType: { type: 'string' }, JWT: { type: 'object' }, ZoneId: { type: 'string' } };

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema({ $id: 'fusionauth', components: { schemas: closed({ ...extract.schemas, ...corrections }) } });
const validators = new Map<string, ValidateFunction>();

/**
 * Throws unless `body` is what FusionAuth's OpenAPI description says the operation answers. The description requires
 * nothing and lists every member, so members it does not know are refused.
 */
export function assertConforms(operation: string, body: unknown): void {
  const schema = extract.operations[operation];
  if (schema === undefined) {
    throw new Error(`The OpenAPI extract has no operation ${operation}`);
  }
  const validate = validators.get(schema) ?? ajv.compile({ $ref: `fusionauth#/components/schemas/${schema}` });
  validators.set(schema, validate);
  if (!validate(body)) {
    throw new Error(`${operation} does not conform to ${schema}: ${ajv.errorsText(validate.errors)}`);
  }
}

/** Closes every object that lists its members. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) {
    return schema.map(closed);
  }
  if (typeof schema !== 'object' || schema === null) {
    return schema;
  }
  const members = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const listsMembers = 'properties' in schema && Object.keys(schema.properties ?? {}).length > 0;
  return listsMembers && !('additionalProperties' in schema) ? { ...members, additionalProperties: false } : members;
}
