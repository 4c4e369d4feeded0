/** The system calls that a packetdrill script can make here. */

/** How many arguments each has: at least, and at most where that is more. */
export const PACKET_CALLS: ReadonlyMap<string, readonly [least: number, most?: number]> = new Map([
  ['socket', [3]],
  ['bind', [3]],
  ['listen', [2]],
  ['connect', [3]],
  ['accept', [3]],
  ['accept4', [4]],
  ['read', [3]],
  ['recv', [4]],
  ['recvfrom', [6]],
  ['recvmsg', [3]],
  ['readv', [3]],
  ['write', [3]],
  ['send', [4]],
  ['sendto', [6]],
  ['sendmsg', [3]],
  ['writev', [3]],
  ['shutdown', [2]],
  ['close', [1]],
  ['poll', [3]],
  ['open', [2]],
  ['sendfile', [4]],
  ['pipe', [1]],
  ['splice', [6]],
  ['epoll_create', [1]],
  ['epoll_ctl', [4]],
  ['epoll_wait', [4]],
  ['fcntl', [2, 3]],
  ['ioctl', [2, 3]],
  ['getsockopt', [5]],
  ['setsockopt', [5]],
]);

/** Those that need no descriptor, and return one. */
export const OPENING_CALLS: readonly string[] = ['socket', 'open', 'epoll_create'];
