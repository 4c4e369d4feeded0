/** The part of Node's `events` that @vscode/debugadapter uses, for the browser bundle. */
export class EventEmitter {
  #listeners = new Map();

  on(name, listener) {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    return this;
  }

  off(name, listener) {
    const kept = (this.#listeners.get(name) ?? []).filter((other) => other !== listener);
    this.#listeners.set(name, kept);
    return this;
  }

  emit(name, ...values) {
    const listeners = this.#listeners.get(name) ?? [];
    for (const listener of listeners) listener.apply(this, values);
    return listeners.length > 0;
  }
}
