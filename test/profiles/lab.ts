/** One host under test and one scripted peer: the same small script under a profile, under one switch alone, and without. */

import assert from 'node:assert/strict';
import { finish, type Results, type Run, startRun } from '../../src/run/run.js';
import type { Effect } from '../../src/tcp/rule.js';
import type { Segment } from '../../src/tcp/segment.js';
import { program } from '../run/scenario.js';

/** A run of statements: the host under test is `tcp` (10.0.0.2), its ISN 300; the peer is `probe` (10.0.0.1). */
export function lab(settings: string, statements: string): Run & { results: Results } {
  const text = `host tcp 10.0.0.2 { ${settings} }
peer probe 10.0.0.1
link tcp -- probe { delay 1ms }
${statements}
`;
  const run = startRun(program(text));
  return { ...run, results: finish(run) };
}

/** Why the statements do not hold; undefined when they do. */
export function trouble({ results }: { readonly results: Results }): string | undefined {
  return results.verdict === 'passed' ? undefined : JSON.stringify(results.failures ?? results);
}

export interface Row {
  /** The switches that do it, without a profile. */
  readonly by: string;
  /** What both sides of the comparison have: options that must be there for the question to arise. */
  readonly base?: string;
  /** What differs from the profile's defaults, too. */
  readonly more?: string;
  /** What all three runs have; the ISN is 300 when nothing is said. */
  readonly always?: string;
  readonly script: string;
}

function list(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(', ');
}

/** A row in which a stack differs: it holds under the profile, by its switches alone, and not by the letter of the RFC. */
export function differs(
  profile: string,
  title: string,
  { by, base, more, always = 'isn 300', script }: Row,
): void {
  it(title, () => {
    assert.equal(
      trouble(lab(list(`profile ${profile}`, always, more), script)),
      undefined,
      profile,
    );
    assert.equal(trouble(lab(list(always, base, by, more), script)), undefined, by);
    assert.notEqual(trouble(lab(list(always, base), script)), undefined, 'the letter of the RFC');
  });
}

/** A row in which a stack does what the RFC says. */
export function agrees(profile: string, title: string, script: string, base = ''): void {
  it(title, () => {
    assert.equal(trouble(lab(list(`profile ${profile}`, 'isn 300'), script)), undefined, profile);
    assert.equal(trouble(lab(list('isn 300', base), script)), undefined, 'the letter of the RFC');
  });
}

/** What the host under test sent, in order. */
export function sent(run: Run): readonly Segment[] {
  return effectsOf(run).flatMap((one) => (one.kind === 'send' ? [one.segment] : []));
}

/** What its user was told unasked. */
export function signals(run: Run): readonly string[] {
  return effectsOf(run).flatMap((one) => (one.kind === 'signal' ? [one.text] : []));
}

/** The effects of the TCP's rules. */
function effectsOf({ timeline }: Run): readonly Effect[] {
  return Array.from({ length: timeline.length() }, (_, i) => timeline.step(i).microsteps)
    .flat()
    .filter(({ rule }) => !rule.id.startsWith('script/'))
    .flatMap(({ effects }) => effects);
}

/** The peer opens; the host under test is ESTABLISHED: SND.NXT=301, RCV.NXT=101. */
export const OPEN = `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 mss=1460
expect tcp -> probe SYN,ACK seq=300 ack=101
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301
expect tcp ESTABLISHED
`;

/** The same with timestamps agreed on; TS.Recent=5000. */
export const OPEN_WITH_TIMESTAMPS = `tcp: listen 80
inject probe -> tcp SYN from 1000 to 80 seq=100 mss=1460 ts=5000:0
expect tcp -> probe SYN,ACK seq=300 ack=101 as synack
inject probe -> tcp ACK from 1000 to 80 seq=101 ack=301 ts=5000:synack.tsval
expect tcp ESTABLISHED
`;

/** From there to TIME_WAIT: SND.NXT=302, RCV.NXT=102. */
export const CLOSE = `tcp: close
expect tcp -> probe FIN,ACK seq=301 ack=101
inject probe -> tcp FIN,ACK seq=101 ack=302
expect tcp -> probe ACK seq=302 ack=102
expect tcp TIME_WAIT
`;

export const CLOSE_WITH_TIMESTAMPS = CLOSE.replace('ack=302\n', 'ack=302 ts=5000:1\n');

/** The host under test opens: its SYN has SEQ=300 and leaves port 1000. */
export const CONNECT = `tcp: connect probe:80 from 1000
expect tcp -> probe SYN seq=300
`;
