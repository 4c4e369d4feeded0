/** A debugger as simple as can be: the whole run is recorded first, its places are a list, and every move looks along it. */

import type { Program } from '../../src/lang/program.js';
import { editRun, typedStatement } from '../../src/run/edit.js';
import { finish, type Run, startRun, stepsOf } from '../../src/run/run.js';
import type { Place, Step } from '../../src/sim/step.js';

/** What is stopped at: by number, whether a place is meant, and which of its hits. */
export interface NaiveBreakpoint {
  readonly id: number;
  readonly meant: (step: Step, microstep: number) => boolean;
  readonly hit: (n: number) => boolean;
}

/** Where a move ends. `ids`: of the breakpoints that hold there, when it was one of them that stopped it. */
export interface NaiveStop {
  readonly kind: 'stopped' | 'terminated';
  readonly place: Place;
  readonly ids: readonly number[];
}

type Word = 'statement' | 'rule' | 'typed' | `at ${string}` | 'breakpoint';

export interface Naive {
  readonly run: () => Run;
  readonly cursor: () => Place;
  readonly move: (
    command: string,
    breakpoints: readonly NaiveBreakpoint[],
    host: string,
  ) => NaiveStop;
  readonly travel: (place: Place) => NaiveStop;
  /** Undefined: the statement cannot be executed here, and nothing has changed. One that waits goes on to where it is settled. */
  readonly edit: (
    statement: string,
    breakpoints: readonly NaiveBreakpoint[],
  ) => NaiveStop | undefined;
}

const before = (a: Place, b: Place) =>
  a.step < b.step || (a.step === b.step && a.microstep < b.microstep);

export function createNaive(program: Program, steps: number): Naive {
  const edits: { readonly place: Place; readonly text: string }[] = [];
  let run = again();
  let cursor: Place = { step: 0, microstep: -1 };
  let trail: Place[] = [];
  let last: Word | 'out' | undefined;

  /** From the beginning, with every edit made again where it was made. */
  function again(): Run {
    const fresh = startRun(program, { limits: { steps } });
    for (const { place, text } of edits) {
      while (fresh.timeline.length() <= place.step && fresh.timeline.extend() !== undefined);
      const { edit } = typedStatement(fresh, place, text);
      if (edit === undefined || typeof editRun(fresh, place, edit) === 'string') {
        throw new Error(`"${text}" was possible once`);
      }
    }
    finish(fresh);
    return fresh;
  }

  function places(): readonly Place[] {
    return stepsOf(run).flatMap((step) =>
      [-1, ...step.microsteps.keys()].map((microstep) => ({ step: step.index, microstep })),
    );
  }

  function standable(step: Step): readonly number[] {
    return [...step.microsteps.keys()].filter((k) => {
      const { rule } = step.microsteps[k]!;
      return (
        rule.rfc !== 'script' || rule.id === 'script/expect-failed' || step.cause.kind === 'edit'
      );
    });
  }

  function isOf(word: Word, { step: index, microstep }: Place): boolean {
    const step = run.timeline.step(index);
    if (word === 'breakpoint') return false;
    if (word === 'typed') {
      const { cause, microsteps } = step;
      const typed = cause.kind === 'settled' && cause.statement < 0;
      return typed && microstep === microsteps.length - 1;
    }
    if (word.startsWith('at ')) {
      return step.host === word.slice(3) && standable(step)[0] === microstep;
    }
    if (microstep < 0) return step.cause.kind === 'statement';
    return word === 'rule' && standable(step).includes(microstep);
  }

  function hits(place: Place, breakpoints: readonly NaiveBreakpoint[]): readonly number[] {
    return breakpoints.flatMap(({ id, meant, hit }) => {
      const is = (one: Place) => meant(run.timeline.step(one.step), one.microstep);
      if (!is(place)) return [];
      const n = places().filter((one) => !before(place, one) && is(one)).length;
      return hit(n) ? [id] : [];
    });
  }

  function search(
    direction: 1 | -1,
    word: Word,
    breakpoints: readonly NaiveBreakpoint[],
    until?: Place,
  ): NaiveStop {
    const ahead = places().filter((one) =>
      direction > 0 ? before(cursor, one) : before(one, cursor),
    );
    if (direction < 0) ahead.reverse();
    for (const place of ahead) {
      const ids = hits(place, breakpoints);
      const there = until && !before(place, until) && !before(until, place);
      if (ids.length > 0 || there || isOf(word, place)) return stop(place, ids);
    }
    return stop(
      direction > 0 ? { step: run.timeline.length(), microstep: -1 } : { step: 0, microstep: -1 },
      [],
    );
  }

  function stop(place: Place, ids: readonly number[]): NaiveStop {
    cursor = place;
    return { kind: 'stopped', place, ids };
  }

  const isOver = () => cursor.step >= run.timeline.length();

  function out(direction: 1 | -1, breakpoints: readonly NaiveBreakpoint[]): NaiveStop {
    if (!isOver() && cursor.microstep >= 0) {
      const all = standable(run.timeline.step(cursor.step));
      const edge = direction > 0 ? all.at(-1) : all[0];
      if (edge !== undefined && (edge - cursor.microstep) * direction > 0) {
        return search(direction, 'breakpoint', breakpoints, { step: cursor.step, microstep: edge });
      }
    }
    return search(direction, 'statement', breakpoints);
  }

  function forward(word: Word | 'out', breakpoints: readonly NaiveBreakpoint[]): NaiveStop {
    last = word;
    if (isOver()) return { kind: 'terminated', place: cursor, ids: [] };
    trail.push(cursor);
    return word === 'out' ? out(1, breakpoints) : search(1, word, breakpoints);
  }

  function afresh(): void {
    trail = [];
    last = undefined;
  }

  function back(breakpoints: readonly NaiveBreakpoint[]): NaiveStop {
    const place = trail.pop();
    if (place) return stop(place, []);
    const own: Word = cursor.microstep < 0 ? 'statement' : 'rule';
    const word = last === undefined || last === 'out' || last === 'breakpoint' ? own : last;
    return search(-1, word, breakpoints);
  }

  function resume(breakpoints: readonly NaiveBreakpoint[]): NaiveStop {
    afresh();
    const over = isOver();
    const found = search(1, 'breakpoint', breakpoints);
    const limited = run.timeline.stateBefore(run.timeline.length()).ended?.kind === 'limit';
    return isOver() && (over || !limited) ? { ...found, kind: 'terminated' } : found;
  }

  function move(command: string, breakpoints: readonly NaiveBreakpoint[], host: string): NaiveStop {
    const reverse = (go: () => NaiveStop) => {
      afresh();
      return go();
    };
    switch (command) {
      case 'next':
        return forward('statement', breakpoints);
      case 'stepIn':
        return forward('rule', breakpoints);
      case 'stepOut':
        return forward('out', breakpoints);
      case 'nextAtHost':
        return forward(`at ${host}`, breakpoints);
      case 'continue':
        return resume(breakpoints);
      case 'stepBack':
        return back(breakpoints);
      case 'reverseContinue':
        return reverse(() => search(-1, 'breakpoint', breakpoints));
      case 'reverseOver':
        return reverse(() => search(-1, 'statement', breakpoints));
      case 'reverseOut':
        return reverse(() => out(-1, breakpoints));
      case 'previousAtHost':
        return reverse(() => search(-1, `at ${host}`, breakpoints));
      default:
        throw new Error(command);
    }
  }

  function edit(text: string, breakpoints: readonly NaiveBreakpoint[]): NaiveStop | undefined {
    const within = cursor.microstep >= 0 && !isOver();
    const place = { step: within ? cursor.step + 1 : cursor.step, microstep: -1 };
    const kept = edits.filter((one) => one.place.step < place.step);
    const removed = edits.splice(0, edits.length, ...kept, { place, text });
    const old = run;
    try {
      run = again();
    } catch {
      edits.splice(0, edits.length, ...removed);
      run = old;
      return undefined;
    }
    trail = [...trail, cursor].filter((one) => before(one, { step: place.step, microstep: 0 }));
    const next =
      run.timeline.length() > place.step + 1 ? run.timeline.step(place.step + 1) : undefined;
    const after = {
      step: place.step,
      microstep: run.timeline.step(place.step).microsteps.length - 1,
    };
    const again_ = !within && (next === undefined || next.cause.kind === 'statement');
    const there = stop(again_ ? { step: place.step + 1, microstep: -1 } : after, []);
    if (!/^(wait|expect|eventually|never)\b/.test(text)) return there;
    last = undefined;
    return search(1, 'typed', breakpoints);
  }

  return {
    run: () => run,
    cursor: () => cursor,
    move,
    travel: (place) => {
      afresh();
      return stop(place, []);
    },
    edit,
  };
}
