/** The page about debugging names all that there is: attributes, settings, commands, filters, requests. */

import assert from 'node:assert/strict';
import { ELEMENTS } from '../../src/debug/arguments.js';
import { FILTERS } from '../../src/run/filters.js';
import { readText } from '../sources.js';

const page = readText('docs/debugging.md').replace(/\s+/g, ' ');
const { contributes } = JSON.parse(readText('package.json'));

function missing(what: readonly string[]): readonly string[] {
  return what.filter((one) => !page.includes(one));
}

describe('the page about debugging', () => {
  it('names each attribute of a launch and each setting', () => {
    const { properties } = contributes.debuggers[0].configurationAttributes.launch;
    const attributes = Object.keys(properties).map((name) => `| \`${name}\` |`);
    const settings = Object.keys(contributes.configuration.properties).map((name) => `\`${name}\``);
    assert.deepEqual(missing([...attributes, ...settings]), []);
  });

  it('names each command', () => {
    const titles = contributes.commands.map(({ title }: { readonly title: string }) => title);
    assert.deepEqual(missing(titles), []);
  });

  it('has a row for each exception filter, in the order of the list', () => {
    const [rest = ''] = page.split('| filter | stops when |').slice(1);
    const rows = rest.matchAll(/\| ([A-Z][\w ]+?)(?: \(on by default\))? \|/g);
    assert.deepEqual(
      [...rows].slice(0, FILTERS.length).map(([, label]) => label),
      FILTERS.map(({ label }) => label),
    );
  });

  it('says how many rows a page has', () => {
    const count = ELEMENTS.toLocaleString('en-US');
    assert.deepEqual(missing([`without a count it has ${count},`]), []);
  });

  it('has a row for each request of our own', () => {
    const own = readText('src/debug/session.ts').match(/'tcpflow\/\w+'/g) ?? [];
    assert(own.length > 5);
    assert.deepEqual(missing(own.map((name) => name.replaceAll("'", '`'))), []);
  });
});
