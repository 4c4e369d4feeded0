/** Names of files. */

/** The last part of a path or a URI, on whichever system it was written. */
export function fileNameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
