import { Scalar } from 'yaml';

/** Truths to a reader of YAML 1.1, and texts to one of YAML 1.2. */
const truth = /^(?:y|n|yes|no|on|off)$/i;

/** Numbers to either, or to one of them alone: `010` is 8 or 10, `1:30` is 90 or a text. */
const numeric = /^[-+]?(?:0[xob][\da-f_]+|\.?\d[\d_]*\.?[\d_]*(?:e[-+]?\d+)?|\d+(?::[0-5]?\d)+|\.inf|\.nan)$/i;

/** What everybody reads as the same number. */
const decimal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * Tools and editors of YAML 1.1 read some values otherwise than this service, which reads YAML 1.2: whoever looks at the
 * policy through one of them sees another limit, and a `yes` in `userData` would match no truth in FusionAuth.
 * @returns what to write in place of the value; null for one that is the same to all.
 */
export function ambiguityOf({ type, source = '' }: Scalar): string | null {
  if (type !== Scalar.PLAIN) return null;
  if (truth.test(source))
    return 'is a truth to some readers of YAML: write true or false, or a text in quotation marks';
  if (!numeric.test(source) || decimal.test(source)) return null;
  return 'is not the same number to all readers of YAML: write decimal digits, or a text in quotation marks';
}
