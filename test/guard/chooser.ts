/** The same choices for the same seed. */
export function chooser(seed: number) {
  let state = seed;
  return <Item>(items: readonly Item[]): Item => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const item = items[Math.floor((state / 2_147_483_648) * items.length)];
    if (item === undefined) throw new RangeError('There is nothing to choose from');
    return item;
  };
}
