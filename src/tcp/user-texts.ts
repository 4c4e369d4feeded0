/** RFC 9293 §3.10 and §3.9.1.8: what users are told, in the RFC's words (errors without the leading "error: "). */

export const TEXT = {
  doesNotExist: 'connection does not exist',
  illegal: 'connection illegal for this process',
  remoteUnspecified: 'remote socket unspecified',
  insufficient: 'insufficient resources',
  alreadyExists: 'connection already exists',
  connectionClosing: 'connection closing',
  closing: 'closing',
  reset: 'connection reset',
  refused: 'connection refused',
  userTimeout: 'connection aborted due to user timeout',
  /** RFC 5482 §3.1 asks to notify the application and gives no words. */
  userTimeoutSuggested: 'the remote side suggests a user timeout',
  /** Ours: RFC 9293 §3.8.3 asks for a report and gives no words. */
  excessive: 'connection aborted due to excessive retransmissions',
  delivery: 'delivery problem: R1 retransmissions without an acknowledgment',
  keepalive: 'connection aborted due to unanswered keep-alive probes',
  urgent: 'urgent data',
  halfClosed: 'connection aborted due to the FIN_WAIT_2 timeout',
  /** MUST-46 asks for an error and gives no words. */
  notUnicast: 'remote address is multicast or broadcast',
} as const;
