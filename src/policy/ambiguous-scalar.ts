import { Scalar } from 'yaml';

/** Booleans in YAML 1.1, and texts in YAML 1.2. */
const truth = /^(?:y|n|yes|no|on|off)$/i;

/** Numbers in either version, or in one alone: `010` is 8 or 10, `1:30` is 90 or a text. */
const numeric = /^[-+]?(?:0[xob][\da-f_]+|\.?\d[\d_]*\.?[\d_]*(?:e[-+]?\d+)?|\d+(?::[0-5]?\d)+|\.inf|\.nan)$/i;

/** Numbers that are the same in both versions. */
const decimal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * Finds values that YAML 1.1 and YAML 1.2 read differently. This service reads YAML 1.2; people who use a tool of YAML
 * 1.1 would see another limit, and a `yes` in `userData` would match no boolean in FusionAuth.
 * @returns what to write in place of the value; null for one that is the same to all.
 */
export function ambiguityOf({ type, source = '' }: Scalar): string | null {
  if (type !== Scalar.PLAIN) return null;
  if (truth.test(source))
    return 'is a truth to some readers of YAML: write true or false, or a text in quotation marks';
  if (!numeric.test(source) || decimal.test(source)) return null;
  return 'is not the same number to all readers of YAML: write decimal digits, or a text in quotation marks';
}
