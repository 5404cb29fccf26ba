/**
 * All names of some lists, each once, in an order that fits every list as far as they agree: columns of a grid show the
 * same lines in the same order, but not each column has all of them.
 */
export function merged(lists: string[][]): string[] {
  const found: string[] = [];
  for (const list of lists) {
    let place = 0;
    for (const name of list) {
      const known = found.indexOf(name);
      if (known < 0) found.splice(place++, 0, name);
      else place = Math.max(place, known + 1);
    }
  }
  return found;
}
