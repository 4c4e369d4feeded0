/** Included files, and mistakes in them. */

import assert from 'node:assert/strict';
import { compile } from '../../src/lang/compile.js';
import { check } from './scripts.js';

describe('included files', () => {
  const files: Readonly<Record<string, string>> = {
    'lab/common.tcpflow': 'host client\nhost server',
    'lab/loop.tcpflow': 'include "test.tcpflow"',
    'lab/broken.tcpflow': 'host a\nhost a',
    'lab/isn.tcpflow': 'host a\nhost b { isn banana }',
    'lab/address.tcpflow': 'host a 999.0.0.2',
    'lab/taken.tcpflow': 'host a 10.0.0.9',
    'lab/peer.tcpflow': 'peer a { mss 1460 }',
    'lab/delay.tcpflow': 'host a\nhost b\nlink a -- b { delay 10 }',
    'lab/nobody.tcpflow': 'host a\nlink a -- nobody',
    'lab/nested.tcpflow': 'host c\ninclude "isn.tcpflow"',
  };
  const include = (path: string) => {
    const file = path === 'test.tcpflow' ? path : `lab/${path}`;
    const text = file === 'test.tcpflow' ? '' : files[file];
    return text === undefined ? 'missing' : { file, text };
  };

  it('give their declarations', () => {
    check('include "common.tcpflow"\nserver: listen 80', [], include);
  });

  it('are relative', () => {
    for (const path of ['/etc/passwd', 'C:x', 'http://x', '..\\\\x', '~/x', '']) {
      check(`include "${path}"`, ['1:9 include-outside'], include);
    }
  });

  it('can be missing', () => check('include "x.tcpflow"', ['1:9 include-missing'], include));

  it('cannot include each other', () => {
    check('include "loop.tcpflow"', ['1:9 include-mistakes'], include);
    check('include "test.tcpflow"', ['1:9 include-cycle'], include);
  });

  it('show where their first mistake is', () => {
    check('include "broken.tcpflow"', ['1:9 include-mistakes'], include);
  });

  it('show mistakes that only the whole world has or shows', () => {
    const told = (source: string) => {
      const { diagnostics } = compile(source, { file: 'test.tcpflow', include });
      return diagnostics.map(({ message }) => message);
    };
    const taken = 'host x 10.0.0.9\ninclude "taken.tcpflow"';
    assert.match(told('include "isn.tcpflow"').join(), /^"isn.tcpflow" .* in line 2: `isn` takes/);
    assert.match(told('include "address.tcpflow"').join(), /line 1: `999.0.0.2` is not an IPv4/);
    assert.match(told(taken).join(), /"taken.tcpflow" .* line 1: 10.0.0.9 is the address of x/);
    assert.match(told('include "peer.tcpflow"').join(), /line 1: a is a peer/);
    assert.match(told('include "delay.tcpflow"').join(), /line 3: `delay` takes a time/);
    assert.match(told('include "nobody.tcpflow"').join(), /line 2: No host is called `nobody`/);
    const nested = /^"nested.tcpflow" .* line 2: "isn.tcpflow" has a mistake in line 2: `isn`/;
    assert.match(told('include "nested.tcpflow"').join(), nested);
  });
});
