/** The outline of a script: hosts, links, scenarios, and what their statements name. */

import type { Item, Script } from './ast.js';
import type { Name, Range } from './range.js';
import type { Statement } from './statement-tree.js';

export interface ScriptSymbol {
  readonly name: string;
  /** What stands beside the name, less prominent: `10.0.0.1`, `segment`. */
  readonly detail: string;
  readonly kind: 'host' | 'peer' | 'link' | 'scenario' | 'connection' | 'segment' | 'value';
  readonly range: Range;
  /** Where the name is written, within `range`. */
  readonly selection: Range;
  readonly children: readonly ScriptSymbol[];
}

/** The symbols of a script, in its order. */
export function symbols(script: Script): readonly ScriptSymbol[] {
  return script.items.flatMap(symbolOf);
}

function symbolOf(item: Item): readonly ScriptSymbol[] {
  const { range } = item;
  switch (item.kind) {
    case 'host': {
      const detail = item.address?.text ?? '';
      return [{ ...named(item.name, item.role, range), detail }];
    }
    case 'link': {
      const name = `${item.from.text} -- ${item.to.text}`;
      const selection = { start: item.from.range.start, end: item.to.range.end };
      return [{ name, detail: '', kind: 'link', range, selection, children: [] }];
    }
    case 'seed':
    case 'include':
      return [];
    case 'scenario':
      return [{ ...named(item.name, 'scenario', range), children: item.body.flatMap(given) }];
    default:
      return given(item);
  }
}

function named(name: Name, kind: ScriptSymbol['kind'], range: Range): ScriptSymbol {
  // A name may be empty (`scenario "" {`), a symbol's must not.
  const text = name.text === '' ? '""' : name.text;
  return { name: text, detail: '', kind, range, selection: name.range, children: [] };
}

/** The names that a statement gives. */
function given(statement: Statement): readonly ScriptSymbol[] {
  const { range } = statement;
  switch (statement.kind) {
    case 'let':
      return [named(statement.name, 'value', range)];
    case 'repeat': {
      const inner = statement.body.flatMap(given);
      return statement.as ? [{ ...named(statement.as, 'value', range), children: inner }] : inner;
    }
    case 'inject':
    case 'segment':
      return statement.as ? [named(statement.as, 'segment', range)] : [];
    case 'fault': {
      const held = statement.as && { ...named(statement.as, 'segment', range), detail: 'held' };
      return held ? [held] : [];
    }
    case 'given':
      return statement.as ? [named(statement.as, 'connection', range)] : [];
    case 'call': {
      const as = 'as' in statement.call ? statement.call.as : undefined;
      const detail = statement.subject.host.text;
      return as ? [{ ...named(as, 'connection', range), detail }] : [];
    }
    default:
      return [];
  }
}
