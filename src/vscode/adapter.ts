/** The debug session of one run inside VS Code, and a second door to it for the views. */

import * as vscode from 'vscode';

/** The part of the protocol's messages that is looked at here. */
interface Message extends vscode.DebugProtocolMessage {
  readonly seq: number;
  readonly type: 'request' | 'response' | 'event';
  readonly request_seq?: number;
  readonly command?: string;
  readonly event?: string;
  readonly success?: boolean;
  readonly message?: string;
  readonly arguments?: unknown;
  readonly body?: unknown;
}

/** An event of the session that is none of the protocol's own. */
export interface CustomEvent {
  readonly event: string;
  readonly body: unknown;
}

/** A stack frame as VS Code is about to learn of it. Lines count from 1. */
export interface Frame {
  readonly line: number;
  readonly source?: { readonly path?: string };
}

/** A stop as VS Code is about to show it. */
export interface Stop {
  /** The protocol's word: `step`, `breakpoint`, `exception`, ... */
  readonly reason: string;
  /** The stack of the thread that stopped; the top frame first. */
  readonly frames: readonly Frame[];
}

export type BeforeShown = (stop: Stop) => Promise<void>;

/** Milliseconds that a stop may wait for the editors. */
const PATIENCE = 2_000;

/** Check, event and statement, and room for more. */
const TOP_FRAMES = 8;

/** Requests of the views are numbered from here, far from what VS Code's own come to. */
const FIRST_SEQ = 1_000_000_000;

/**
 * Hands messages on between VS Code and a session. The views ask through `ask`: unlike VS Code's `customRequest` it
 * still answers when the session has ended, so that what was recorded can be looked at until the next run.
 */
export class RunAdapter implements vscode.DebugAdapter {
  private readonly sent = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  private readonly customEvents = new vscode.EventEmitter<CustomEvent>();
  private readonly restarts = new vscode.EventEmitter<void>();
  private readonly waiting = new Map<number, (response: Message) => void>();
  private nextSeq = FIRST_SEQ;
  /** What is done before a stop is shown. */
  private preparing: Promise<void> = Promise.resolve();

  readonly onDidSendMessage = this.sent.event;
  readonly onDidSendCustomEvent = this.customEvents.event;
  /** The session has begun another run, of which the views know nothing yet. */
  readonly onDidRestart = this.restarts.event;

  /** `beforeShown` runs before VS Code learns of a stop's stack, and so before it opens the top frame's source. */
  constructor(
    private readonly session: vscode.DebugAdapter,
    private readonly beforeShown: BeforeShown,
  ) {
    session.onDidSendMessage((message) => this.receive(message as Message));
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    this.session.handleMessage(message);
  }

  /** Sends a request of our own; undefined when the session refuses it. */
  async ask(command: string, args: unknown): Promise<unknown> {
    const seq = this.nextSeq++;
    const response = new Promise<Message>((resolve) => this.waiting.set(seq, resolve));
    this.session.handleMessage({ seq, type: 'request', command, arguments: args } as Message);
    const { success, body } = await response;
    return success ? body : undefined;
  }

  private receive(message: Message): void {
    const { type, event, body, request_seq: request = -1 } = message;
    const asked = this.waiting.get(request);
    if (type === 'response' && asked) {
      this.waiting.delete(request);
      asked(message);
    } else if (type === 'response' && message.command === 'stackTrace') {
      // VS Code opens the top frame's source as soon as it knows the stack.
      void this.preparing.then(() => this.sent.fire(message));
    } else if (type === 'event' && event?.startsWith('tcpflow/')) {
      this.customEvents.fire({ event, body });
    } else {
      if (event === 'stopped') this.preparing = this.prepare(body as StoppedBody);
      this.sent.fire(message);
      if (message.command === 'restart' && message.success) this.restarts.fire();
    }
  }

  private prepare(stop: StoppedBody): Promise<void> {
    const shown = this.show(stop).catch(() => undefined);
    // Should a document not open, or not soon, VS Code opens it its own way.
    return Promise.race([shown, new Promise<void>((resolve) => setTimeout(resolve, PATIENCE))]);
  }

  private async show({ reason, threadId }: StoppedBody): Promise<void> {
    const stack = await this.ask('stackTrace', { threadId, startFrame: 0, levels: TOP_FRAMES });
    const frames = (stack as { stackFrames?: readonly Frame[] } | undefined)?.stackFrames ?? [];
    await this.beforeShown({ reason, frames });
  }

  /** VS Code has done with the session. The record stays for the views. */
  dispose(): void {
    this.sent.dispose();
  }

  /** The next run has taken this one's place in the views. */
  forget(): void {
    this.customEvents.dispose();
    this.restarts.dispose();
    this.session.dispose();
  }
}

interface StoppedBody {
  readonly reason: string;
  readonly threadId: number;
}
