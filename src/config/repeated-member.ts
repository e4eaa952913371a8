/**
 * Whether an object in a JSON text names a member twice. Of such members JSON.parse silently takes the last.
 * @param json Valid JSON.
 */
export function hasRepeatedMember(json: string): boolean {
  /** The names so far in each enclosing object; null for each enclosing list. */
  const around: (Set<unknown> | null)[] = [];
  for (const [token, name] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{') around.push(new Set());
    else if (token === '[') around.push(null);
    else if (token === '}' || token === ']') around.pop();
    else if (name !== undefined) {
      const names = around.at(-1);
      const before = names?.size;
      if (names?.add(JSON.parse(name)).size === before) return true;
    }
  }
  return false;
}
