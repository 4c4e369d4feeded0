import assert from 'node:assert/strict';
import { DEVIATIONS } from '../../src/tcp/deviations.js';
import { settingsOfProfile } from '../../src/tcp/profiles.js';
import type { RuleInfo } from '../../src/tcp/rule.js';
import { declaredMoves, PROCEDURES, RULES, ruleById, rulesOfMove } from '../../src/tcp/rules.js';
import { RFC9293, SETTINGS, settings } from '../../src/tcp/settings.js';
import { isSynchronized, parseState, rfcName, STATES } from '../../src/tcp/states.js';
import { DEVIATION_SETTINGS } from '../../src/tcp/switches.js';
import { golden } from '../golden.js';
import { readText, sourcesOf } from '../sources.js';

const sources = sourcesOf('src/tcp/');

/** `RFC 9293 §3.10.7.4 Other States: eight checks, in this order.` without its dot. */
function headOf(text: string): string {
  const sentence = /^\/\*\*\s*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
  return sentence
    .replace(/\s*\n\s*\*\s*/g, ' ')
    .trim()
    .replace(/\.$/, '');
}

/** The file in which a rule is written: the one of its step, else of its procedure. */
function fileOf({ id }: RuleInfo): string {
  const [procedure = '', step = ''] = id.split('/');
  const names: Readonly<Record<string, string>> = {
    '0-paws': 'segment-arrives/0-timestamps.ts',
    '1-ts-recent': 'segment-arrives/0-timestamps.ts',
    '3-security': 'segment-arrives/other-states.ts',
    'arrival/address': 'segment-arrives/address.ts',
    'arrival/signature': 'segment-arrives/signature.ts',
    'arrival/syn-fin': 'segment-arrives/syn-fin.ts',
    'listener/cache': 'segment-arrives/syn-cache.ts',
    'time-wait/reduced': 'segment-arrives/reduced-time-wait.ts',
    'time-wait/fin-wait-2': 'segment-arrives/closed-fin-wait-2.ts',
    'time-wait/limit': 'host/settle.ts',
    'time-wait/reuse': 'segment-arrives/reuse.ts',
    'time-wait/return': 'segment-arrives/reuse.ts',
    'accept/queue': 'host/listener.ts',
  };
  const candidates = [
    names[id],
    procedure === 'other-states' ? (names[step] ?? `segment-arrives/${step}.ts`) : undefined,
    `calls/${procedure}.ts`,
    `segment-arrives/${procedure}.ts`,
    `host/${procedure}.ts`,
    `${procedure}.ts`,
    `${procedure}s.ts`,
  ];
  const found = candidates.find((name) => sources.some(({ file }) => file === `src/tcp/${name}`));
  assert.ok(found, `no file for ${id}`);
  return found;
}

function rulesTable(): readonly string[] {
  return PROCEDURES.flatMap(({ section, title, rules }) =>
    rules.map((rule) => {
      const where = /^\d/.test(section) ? `§${section}` : section;
      const file = fileOf(rule);
      return `| ${where} ${title} | [${file}](${file}) | \`${rule.id}\` | ${rule.title} | ${rule.moves.join(', ')} |`;
    }),
  );
}

function readme(): string {
  return [
    '# RFC 9293, file by file',
    '',
    'One event is handled by a list of rules in the order of the RFC. A rule gets the TCB, the event and the time, and answers with',
    'a verdict: go on or return, why, the TCB afterwards, and effects. `rule.ts` runs them, `host.ts` keeps the table, `rules.ts` lists',
    'them all, `deviations.ts` says where and why we differ. What belongs to one of these files stands in the folder of its name beside it. This file is written by `test/tcp/catalogue.test.ts` (`UPDATE_GOLDEN=1`).',
    '',
    '## Rules',
    '',
    '| RFC 9293 | File | Rule | Title | State changes it may make |',
    '| --- | --- | --- | --- | --- |',
    ...rulesTable(),
    '',
    '## Files',
    '',
    '| File | What it is |',
    '| --- | --- |',
    ...sources.map(({ file, text }) => {
      const name = file.replace('src/tcp/', '');
      return `| [${name}](${name}) | ${headOf(text).replaceAll('|', '\\|')} |`;
    }),
    '',
    '## Deviations, interpretations, gaps',
    '',
    '| Name | The RFC | Here | Why | Switch |',
    '| --- | --- | --- | --- | --- |',
    ...DEVIATIONS.map(
      ({ id, says, does, why, switch: setting }) =>
        `| ${id} | ${says} | ${does} | ${why} | ${setting === undefined ? '' : `\`${setting}\``} |`,
    ),
    '',
  ].join('\n');
}

describe('the catalogue of rules', () => {
  it('README.md has it all: section, file, rules', () => {
    golden('../src/tcp/README.md', readme());
  });

  it('every rule has its id, its section and a title of its own in its procedure', () => {
    for (const { rules } of PROCEDURES) {
      assert.equal(new Set(rules.map(({ title, rfc }) => `${rfc} ${title}`)).size, rules.length);
      for (const rule of rules) {
        assert.match(rule.id, /^[a-z-]+\/[0-9a-z-]+$/);
        assert.match(rule.rfc, /^RFC \d+ §[\d.]+$/);
        assert.equal(ruleById(rule.id), rule);
      }
    }
    assert.equal(ruleById('no/rule'), undefined);
  });

  it('the eight checks are there, in order', () => {
    const ids = RULES.map(({ id }) => id).filter((id) =>
      /^other-states\/[1-8]-(?!ts|user|loss)/.test(id),
    );
    assert.deepEqual(
      ids.map((id) => Number(id.slice('other-states/'.length, 'other-states/'.length + 1))),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
  });

  it('every edge of Figure 5 is made by some rule', () => {
    const figure5 =
      `CLOSED -> LISTEN, CLOSED -> SYN_SENT, LISTEN -> CLOSED, LISTEN -> SYN_RCVD, LISTEN -> SYN_SENT,
      SYN_SENT -> CLOSED, SYN_SENT -> SYN_RCVD, SYN_SENT -> ESTABLISHED, SYN_RCVD -> LISTEN, SYN_RCVD -> ESTABLISHED,
      SYN_RCVD -> FIN_WAIT_1, ESTABLISHED -> FIN_WAIT_1, ESTABLISHED -> CLOSE_WAIT, FIN_WAIT_1 -> FIN_WAIT_2,
      FIN_WAIT_1 -> CLOSING, FIN_WAIT_1 -> TIME_WAIT, FIN_WAIT_2 -> TIME_WAIT, CLOSE_WAIT -> LAST_ACK,
      CLOSING -> TIME_WAIT, LAST_ACK -> CLOSED, TIME_WAIT -> CLOSED`.split(/,\s*/);
    for (const edge of figure5) {
      const move = declaredMoves().find((known) => known === edge);
      assert.ok(move, `${edge} is missing`);
      assert.ok(rulesOfMove(move).length > 0);
    }
    const others = declaredMoves().filter((move) => !figure5.includes(move));
    assert.ok(
      others.every((move) => move.endsWith('-> CLOSED')),
      `only resets, aborts and time-outs go beyond Figure 5: ${others.join(', ')}`,
    );
  });

  it('moves are listed once, by the order of states in the RFC', () => {
    assert.equal(new Set(declaredMoves()).size, declaredMoves().length);
    assert.equal(declaredMoves()[0]?.startsWith('LISTEN'), true);
    assert.equal(declaredMoves().at(-1)?.startsWith('CLOSED'), true);
  });
});

describe('deviations', () => {
  const text = sources.map((source) => source.text).join('\n');

  it('each has a name of its own, and says what, how and why', () => {
    assert.equal(new Set(DEVIATIONS.map(({ id }) => id)).size, DEVIATIONS.length);
    for (const { id, says, does, why } of DEVIATIONS) {
      assert.match(id, /^[a-z0-9-]+$/);
      assert.match(says, /RFC \d+/, id);
      assert.ok(does.length > 10 && why.length > 10, id);
    }
  });

  it('a switch is a setting', () => {
    const words = SETTINGS.map(({ word }) => word);
    for (const { id, switch: word } of DEVIATIONS) {
      assert.ok(word === undefined || words.includes(word), `${id}: no setting ${word}`);
    }
  });

  it('every switch is declared as one', () => {
    const declared = DEVIATIONS.map(({ switch: word }) => word);
    for (const { word } of DEVIATION_SETTINGS) assert.ok(declared.includes(word), word);
  });

  it('a reason that names a deviation names one that is declared', () => {
    const named = [...text.matchAll(/\(deviation ([a-z0-9-]+)/g)];
    assert.ok(named.length > 50, `${named.length}`);
    for (const [, name = ''] of named) {
      assert.ok(
        DEVIATIONS.some(({ id }) => id === name),
        `deviation ${name} is not declared`,
      );
    }
  });
});

describe('settings', () => {
  it('every setting has one word, and every word one setting', () => {
    const names = Object.keys(RFC9293).sort();
    assert.deepEqual(SETTINGS.map(({ name }) => name).sort(), names);
    assert.equal(new Set(SETTINGS.map(({ word }) => word)).size, names.length);
  });

  it('the RFC’s own values lie in the ranges', () => {
    for (const { name, range, choices, word } of SETTINGS) {
      const value = RFC9293[name];
      if (range !== undefined && typeof value === 'number') {
        assert.ok(value >= range[0] && value <= range[1], word);
      }
      if (choices !== undefined) assert.ok(choices.includes(String(value)), word);
    }
    assert.deepEqual(settingsOfProfile('rfc9293'), RFC9293);
  });

  it('each is read somewhere in tcp', () => {
    for (const { name } of SETTINGS) {
      const users = sources.filter(
        ({ file, text }) => !/(settings|profile-\w+)\.ts$/.test(file) && text.includes(name),
      );
      assert.ok(users.length > 0, `nobody reads ${name}`);
    }
  });

  it('changes go on top of the RFC’s values', () => {
    assert.deepEqual(settings({ msl: 5 }), { ...RFC9293, msl: 5 });
  });
});

describe('states', () => {
  it('are read in either spelling, and written as the RFC does', () => {
    for (const state of STATES) {
      assert.equal(parseState(rfcName(state)), state);
      assert.equal(parseState(state.toLowerCase()), state);
    }
    assert.equal(rfcName('SYN_RCVD'), 'SYN-RECEIVED');
    assert.equal(parseState('estab'), 'ESTABLISHED');
    assert.equal(parseState('OPEN'), undefined);
  });

  it('seven are synchronized (RFC 9293 §3.5.2)', () => {
    assert.equal(STATES.filter(isSynchronized).length, 7);
  });

  it('the files of tcp begin with what they implement', () => {
    for (const { file } of sources)
      assert.match(headOf(readText(file)), /RFC \d+ (§|\()|MUST-\d+/, file);
  });
});
