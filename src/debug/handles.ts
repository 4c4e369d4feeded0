/** Numbers for frames and variables: the key is the path, so a number means the same from stop to stop. */

export interface Handles {
  /** The number of this path, from 1; the same for as long as the session lives. */
  readonly idOf: (path: string) => number;
  /** The path of a number that was given out; undefined for any other. */
  readonly pathOf: (id: number) => string | undefined;
}

export function createHandles(): Handles {
  const ids = new Map<string, number>();
  const paths: string[] = [];
  return {
    idOf: (path) => {
      const known = ids.get(path);
      if (known !== undefined) return known;
      ids.set(path, paths.push(path));
      return paths.length;
    },
    pathOf: (id) => paths[id - 1],
  };
}

/** A path from its parts; a part may hold any text. */
export function joinPath(...parts: readonly string[]): string {
  return parts.map((part) => part.replace(/[%/]/g, encodeURIComponent)).join('/');
}

export function splitPath(path: string): readonly string[] {
  return path.split('/').map((part) => decodeURIComponent(part));
}
