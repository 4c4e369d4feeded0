/** docs/profiles.md is made of the profiles, the settings and the deviations. */

import assert from 'node:assert/strict';
import { compile } from '../../src/lang/compile.js';
import { DEVIATIONS } from '../../src/tcp/deviations.js';
import type { Difference } from '../../src/tcp/profiles/difference.js';
import { PROFILE_LIST, settingsOfProfile } from '../../src/tcp/profiles.js';
import type { SettingName, Settings } from '../../src/tcp/settings.js';
import { RFC9293, SETTINGS } from '../../src/tcp/settings.js';
import { BY_THE_LETTER } from '../../src/tcp/switches.js';
import { golden } from '../golden.js';

function infoOf(name: SettingName) {
  const info = SETTINGS.find((setting) => setting.name === name);
  assert.ok(info, name);
  return info;
}

/** A value as a script writes it. */
function written(name: SettingName, value: unknown): string {
  if (value === undefined) return 'off';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (infoOf(name).kind !== 'duration' || typeof value !== 'number') return String(value);
  if (value === 0) return '0s';
  return value % 1_000_000 === 0 ? `${value / 1_000_000}s` : `${value / 1000}ms`;
}

function row({ setting, value, doc, evidence }: Difference): string {
  const { word } = infoOf(setting);
  const cells = [
    `\`${word} ${written(setting, value)}\``,
    `\`${written(setting, RFC9293[setting])}\``,
    doc,
    evidence === 'observed' ? '' : 'documented, not observed',
  ];
  return `| ${cells.join(' | ')} |`;
}

function page(): string {
  return [
    '# Profiles',
    '',
    'A profile is a named set of settings: `host server { profile linux }`. It may be changed further, and each of its settings can be used',
    'without it: `host server { half-open request }` has Linux’s half-open connections and is otherwise by the letter. No rule asks for a',
    'profile’s name. This page is written by `test/profiles/docs.test.ts` (`UPDATE_GOLDEN=1`).',
    '',
    ...PROFILE_LIST.flatMap(({ name, doc, differences }) => [
      `## \`${name}\``,
      '',
      doc,
      ...(differences.length === 0
        ? []
        : ['', '| setting | `rfc9293` | what and why | |', '| --- | --- | --- | --- |']),
      ...differences.map(row),
      '',
    ]),
    '## What the switches do',
    '',
    'Each leaves the letter of a text. `src/tcp/README.md` lists these and all other deviations, interpretations and gaps.',
    '',
    '| switch | in | what the RFC says | what is done | why |',
    '| --- | --- | --- | --- | --- |',
    ...switches(),
    '',
  ].join('\n');
}

function switches(): readonly string[] {
  return DEVIATIONS.flatMap(({ switch: word, says, does, why }) => {
    if (word === undefined) return [];
    const users = usersOf(word).map((name) => `\`${name}\``);
    return [`| \`${word}\` | ${users.join(', ')} | ${says} | ${does} | ${why} |`];
  });
}

/** The profiles in which a switch is not as the letter has it. */
function usersOf(word: string): readonly string[] {
  const { name: setting } = SETTINGS.find((one) => one.word === word) ?? {};
  const letter: Partial<Settings> = BY_THE_LETTER;
  if (setting === undefined) return [];
  const usual = setting in letter ? letter[setting] : RFC9293[setting];
  return PROFILE_LIST.map(({ name }) => name).filter(
    (name) => settingsOfProfile(name)?.[setting] !== usual,
  );
}

describe('profiles', () => {
  it('docs/profiles.md tells what each does otherwise', () => {
    golden('../docs/profiles.md', page());
  });

  it('each differs where it says so, and nowhere else', () => {
    for (const { name, differences } of PROFILE_LIST) {
      const settings = settingsOfProfile(name);
      assert.ok(settings, name);
      const names = SETTINGS.map((info) => info.name).filter(
        (setting) => settings[setting] !== RFC9293[setting],
      );
      assert.deepEqual(names.sort(), differences.map(({ setting }) => setting).sort());
    }
  });

  it('every difference can be written in a script', () => {
    for (const { name, differences } of PROFILE_LIST) {
      const block = differences.map(
        ({ setting, value }) => `${infoOf(setting).word} ${written(setting, value)}`,
      );
      const text = `host one { profile ${name} }\nhost two {\n${block.join('\n')}\n}\n`;
      const { program, diagnostics } = compile(text, { file: 'profiles.tcpflow' });
      assert.deepEqual(diagnostics, []);
      const [one, two] = program?.hosts ?? [];
      assert.deepEqual(two?.settings, one?.settings);
    }
  });

  it('no switch is there for nobody', () => {
    for (const name of Object.keys(BY_THE_LETTER) as SettingName[]) {
      assert.notDeepEqual(usersOf(infoOf(name).word), [], name);
    }
  });
});
