/** Assertions: a failed one is a defect of ours, never of the script. */

/** An assertion that did not hold. The message carries what a report needs (rule id, step, seed). */
class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/** Throws `AssertionFailure` unless `condition` holds. The message is built only when it is needed. */
export function assert(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new AssertionFailure(message());
}
