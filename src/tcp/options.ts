/** RFC 9293 §3.2 Specific Option Definitions; RFC 7323 §2.2, §3.2; RFC 2018 §2: options as values. */

import { type AccEcnOption, accEcnLength, printAccEcn } from './ecn/option.js';
import type { FastOpenOption } from './fast-open.js';
import { fastOpenLength } from './fast-open.js';
import { isIPv6 } from './ip-version.js';
import type { SackBlock } from './loss-recovery/sack-state.js';
import type { Instant } from './rule.js';
import { num } from './seq.js';
import type { Settings } from './settings.js';
import type { AgreedOptions, Tcb } from './tcb.js';
import { NOTHING_AGREED } from './tcb.js';
import { remoteUserTimeout, userTimeoutOption } from './timers/user-timeout.js';

/** What the option field of a segment says. An absent member is an absent option. */
export interface Options {
  /** Maximum Segment Size, octets. Only on a SYN. */
  readonly mss?: number;
  /** Window scale shift count. Only on a SYN. */
  readonly windowScale?: number;
  /** SACK-permitted. Only on a SYN. */
  readonly sackPermitted?: true;
  readonly timestamps?: Timestamps;
  /** What was received ahead of SEG.ACK, or twice (RFC 2018 §3). */
  readonly sack?: readonly SackBlock[];
  /** User Timeout (RFC 5482 §3.3), seconds: at most 32767, or whole minutes up to 32767 of them. */
  readonly userTimeout?: number;
  /** AccECN0 or AccECN1 (RFC 9768 §3.2.3). Not on a SYN without ACK. */
  readonly accurateEcn?: AccEcnOption;
  /** TCP Fast Open (RFC 7413 §4.1.1). Only on a SYN. */
  readonly fastOpen?: FastOpenOption;
  /** MD5 Signature (RFC 2385 §3): it is there; no digest is ever calculated. */
  readonly signature?: true;
}

/** RFC 7323 §3.2: both modulo 2^32, one tick a millisecond. */
export interface Timestamps {
  readonly val: number;
  readonly ecr: number;
}

export const NO_OPTIONS: Options = {};

/** `MSS=1460,WS=7,SACKOK,TS=1:0,FO=0102030405060708`, or an empty string. */
export function printOptions(options: Options): string {
  const parts: string[] = [];
  if (options.mss !== undefined) parts.push(`MSS=${options.mss}`);
  if (options.windowScale !== undefined) parts.push(`WS=${options.windowScale}`);
  if (options.sackPermitted) parts.push('SACKOK');
  if (options.timestamps) parts.push(`TS=${options.timestamps.val}:${options.timestamps.ecr}`);
  if (options.sack) parts.push(`SACK=${printBlocks(options.sack)}`);
  if (options.userTimeout !== undefined) parts.push(`UTO=${options.userTimeout}`);
  if (options.accurateEcn) parts.push(printAccEcn(options.accurateEcn));
  if (options.fastOpen) parts.push(printFastOpen(options.fastOpen));
  if (options.signature) parts.push('MD5');
  return parts.join(',');
}

/** `201:301/401:501`: left edge, and right edge that is not included. */
function printBlocks(blocks: readonly SackBlock[]): string {
  return blocks.map(({ left, right }) => `${num(left)}:${num(right)}`).join('/');
}

/** The room that a TCP header has for options, octets (§3.1: Data Offset is at most 15 words). */
export const OPTION_SPACE = 40;

/** Octets of these options on the wire, with the padding that most stacks put before and behind them. */
export function optionsLength(options: Options): number {
  const { mss, windowScale, sackPermitted, timestamps, sack, userTimeout, fastOpen } = options;
  const { accurateEcn, signature } = options;
  const octets =
    (mss === undefined ? 0 : 4) +
    (windowScale === undefined ? 0 : 4) +
    (sackPermitted === undefined ? 0 : 2) +
    (timestamps === undefined ? 0 : sackPermitted ? 10 : 12) +
    (sack === undefined ? 0 : 8 * sack.length) +
    (userTimeout === undefined ? 0 : 4) +
    headLength(sack, accurateEcn) +
    (fastOpen === undefined ? 0 : fastOpenLength(fastOpen)) +
    (signature === undefined ? 0 : 18);
  return Math.ceil(octets / 4) * 4;
}

/** An AccECN Option, and the kind and length of SACK, which end where a word ends. */
function headLength(sack: Options['sack'], accurateEcn: AccEcnOption | undefined): number {
  const octets = accurateEcn === undefined ? 0 : accEcnLength(accurateEcn);
  return sack === undefined ? octets : Math.ceil((octets + 2) / 4) * 4;
}

/** `FO=0102030405060708`; `FO` asks for a cookie; `FOEXP` is the experimental kind. */
function printFastOpen({ cookie, experimental }: FastOpenOption): string {
  const name = experimental ? 'FOEXP' : 'FO';
  return cookie === '' ? name : `${name}=${cookie}`;
}

/** The options of a SYN without ACK: all that the settings offer. `ecr`: the timestamp of a connection before it. */
export function offeredOptions(settings: Settings, now: Instant, ecr = 0): Options {
  const { windowScale, sack, timestamps } = settings;
  return synOptions(
    settings,
    windowScale,
    sack,
    timestamps ? { val: timestampClock(now), ecr } : undefined,
  );
}

/** The options of a SYN,ACK: of what the peer's SYN offered, all that the settings offer too. */
export function answeredOptions(settings: Settings, agreed: AgreedOptions, now: Instant): Options {
  const windowScale = agreed.windowScale ? settings.windowScale : undefined;
  return synOptions(settings, windowScale, agreed.sack, timestampOption(agreed, now).timestamps);
}

function synOptions(
  settings: Settings,
  windowScale: number | undefined,
  sack: boolean,
  timestamps: Timestamps | undefined,
): Options {
  const options: { -readonly [name in keyof Options]: Options[name] } = {};
  if (settings.mssOption) options.mss = settings.mss;
  if (windowScale !== undefined) options.windowScale = windowScale;
  if (sack) options.sackPermitted = true;
  if (timestamps !== undefined) options.timestamps = timestamps;
  return settings.userTimeoutOption ? { ...options, ...userTimeoutOption(settings) } : options;
}

/** The options of a segment without SYN: timestamps, once agreed (RFC 7323 §3.2). */
export function timestampOption(
  agreed: AgreedOptions,
  now: Instant,
): { readonly timestamps?: Timestamps } {
  if (!agreed.timestamps) return NO_OPTIONS;
  return { timestamps: { val: timestampClock(now), ecr: agreed.tsRecent } };
}

/** The timestamp clock: one tick a millisecond, modulo 2^32 (RFC 7323 §5.4). */
export function timestampClock(now: Instant): number {
  return Math.floor(now / 1000) % 2 ** 32;
}

/** `a < b` for timestamps: 0 < (b - a) < 2^31 modulo 2^32 (RFC 7323 §5.2). */
export function timestampBefore(a: number, b: number): boolean {
  const ahead = (b - a) >>> 0;
  return ahead > 0 && ahead < 2 ** 31;
}

/** What is agreed once a SYN has come: what it offers and the settings offer too. ECN was agreed on before. */
export function agreeOptions(tcb: Tcb, peer: Options, now: Instant): AgreedOptions {
  const { settings } = tcb;
  const { ecn } = tcb.options;
  const windowScale = settings.windowScale !== undefined && peer.windowScale !== undefined;
  const sack = settings.sack && peer.sackPermitted === true;
  const timestamps = settings.timestamps && peer.timestamps !== undefined;
  const userTimeoutDue = settings.userTimeoutOption;
  if (!windowScale && !sack && !timestamps && !userTimeoutDue && ecn === undefined)
    return NOTHING_AGREED;
  return {
    windowScale,
    sack,
    sacks: NOTHING_AGREED.sacks,
    timestamps,
    ecn,
    tsRecent: timestamps && peer.timestamps !== undefined ? peer.timestamps.val : 0,
    tsRecentAt: timestamps ? now : 0,
    lastAckSent: NOTHING_AGREED.lastAckSent,
    remoteUserTimeout: remoteUserTimeout(settings, peer),
    userTimeoutDue,
  };
}

/** RFC 7323 §2.3: "MUST use 14 instead of the received value" where that is larger. */
const MOST_SHIFT = 14;

/** How far the windows of a peer are shifted that has made this offer; with none, not at all. */
export function shiftOffered({ windowScale = 0 }: Options): number {
  return Math.min(windowScale, MOST_SHIFT);
}

/** "SHOULD log the error": a shift count of the peer's that is too large; empty when it is not. */
export function shiftWhy(agreed: boolean, { windowScale = 0 }: Options): string {
  if (!agreed || windowScale <= MOST_SHIFT) return '';
  return `; its shift count ${windowScale} is an error, and counts as ${MOST_SHIFT}`;
}

/** The octets that a timestamps option takes of every segment, with its padding (RFC 7323 §3.2). */
export const TIMESTAMPS_LENGTH = 12;

/** The default send MSS (MUST-15), octets; over IPv4. */
export const DEFAULT_MSS = 536;

/** The default send MSS to this address: what an IPv4 or an IPv6 peer can take that has said nothing. */
export function defaultMss(address: string): number {
  return isIPv6(address) ? 1220 : DEFAULT_MSS;
}

/**
 * Eff.snd.MSS of §3.7.1, octets of text: the smaller of what the peer can take (the default when its SYN did not say) and
 * what we can send, less the options of every segment. At least 1.
 */
export function effectiveMss(
  settings: Settings,
  peer: Options,
  address: string,
  timestamps: boolean,
  untold = defaultMss(address),
): number {
  const offered = peer.mss || untold;
  const sendMss = Math.max(offered, settings.mssMin);
  // A user who chooses the MSS is taken to know the peer.
  const own = settings.mssUntold > 0 && !peer.mss ? sendMss : settings.mss;
  return Math.max(1, Math.min(sendMss, own) - (timestamps ? TIMESTAMPS_LENGTH : 0));
}
