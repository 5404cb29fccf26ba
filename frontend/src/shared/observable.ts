// A value that tells its readers when it changes; with a hook for components.
import { useEffect, useState } from "preact/hooks";

export class Observable<T> {
  private readers = new Set<(value: T) => void>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set value(next: T) {
    if (Object.is(next, this.current)) return;
    this.current = next;
    for (const read of [...this.readers]) read(next);
  }

  /** Calls `read` after each change; answers the function that ends it. */
  subscribe(read: (value: T) => void): () => void {
    this.readers.add(read);
    return () => void this.readers.delete(read);
  }
}

export function useObservable<T>(source: Observable<T>): T {
  const [value, setValue] = useState(source.value);
  useEffect(() => {
    setValue(() => source.value);
    return source.subscribe((next) => setValue(() => next));
  }, [source]);
  return value;
}
