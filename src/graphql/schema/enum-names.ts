/**
 * The values of an enum of the schema, each mapped to a word of the domain. Does not compile unless every word has a
 * name and every name stands for a word: `namesFor<Word>()({ NAME: 'word' })`.
 */
export function namesFor<Word extends string>() {
  return <const Names extends Readonly<Record<string, Word>>>(names: Names & Complete<Word, Names>): Names => names;
}

type Complete<Word, Names> = [Exclude<Word, Names[keyof Names]>] extends [never]
  ? unknown
  : { readonly wordWithoutName: Exclude<Word, Names[keyof Names]> };
