import { z } from 'zod';
import { variableGroups } from './environment.js';

/** An entry of docs/reference/configuration.md. Texts are Markdown. */
interface VariableReference {
  readonly name: string;
  /** The effect of the variable. */
  readonly meaning: string;
  /** Its default, or the behaviour while it is not set. */
  readonly absent: string;
  /** The values that it may have, with their unit. Empty when the meaning says it. */
  readonly values: string;
}

/**
 * Every variable by its heading, read from the schema that parses the environment.
 * @throws Error for a variable without a description, and for an optional one that does not say what holds without it.
 */
export function variableReference(): readonly {
  readonly heading: string;
  readonly variables: readonly VariableReference[];
}[] {
  return Object.entries(variableGroups).map(([heading, group]) => ({
    heading,
    variables: Object.entries<z.ZodType>(group).map(([name, schema]) => ({
      name,
      meaning: textOf(name, schema, 'description'),
      absent: schema instanceof z.ZodDefault ? `\`${String(schema.def.defaultValue)}\`` : textOf(name, schema, 'unset'),
      values: boundsOf(schema) + unitOf(name),
    })),
  }));
}

function textOf(name: string, schema: z.ZodType, member: 'description' | 'unset'): string {
  const text = schema.meta()?.[member];
  if (typeof text !== 'string') throw new Error(`${name}: has no ${member} in its meta`);
  return text;
}

function boundsOf(schema: z.ZodType): string {
  const bounds = schema.meta()?.['bounds'];
  if (typeof bounds === 'string') return bounds;
  const isWrapped = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional;
  const inner: unknown = isWrapped ? schema.unwrap() : undefined;
  return inner instanceof z.ZodType ? boundsOf(inner) : '';
}

function unitOf(name: string): string {
  const unit = Object.entries(units).find(([suffix]) => name.endsWith(suffix))?.[1];
  return unit === undefined ? '' : ` ${unit}`;
}

const units = { _MS: 'ms', _SECONDS: 's', _BYTES: 'bytes', _PERCENT: '%', _CHARACTERS: 'characters' };
