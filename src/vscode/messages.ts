/** What the extension says to people. One voice, one file. */

export const noScript =
  'TCP Flow debugs .tcpflow scripts. Open one, or make one with "TCP Flow: New Script", and try again.';

/** Why a script does not run. */
export function mistakeIn(line: number, text: string, more: number): string {
  const rest = more === 0 ? '' : ` (and ${more} more: see Problems)`;
  return `Line ${line}: ${text}${rest}`;
}

/** What a new script holds: small, whole, and true. */
export const newScript = `# A handshake. Press F5 to step through it.

host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }
link client -- server { delay 10ms }

scenario "handshake" {
  server: listen 80
  client: connect server:80
  expect client -> server SYN      seq=100
  expect server -> client SYN,ACK  seq=300 ack=101
  expect client -> server ACK      seq=101 ack=301
  expect server ESTABLISHED within 50ms
}
`;
