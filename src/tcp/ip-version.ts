/** RFC 9293 §3.9.2 TCP/Lower-Level Interface: which version of IP an address is of. */

/** Whether an address, as text, is one of IPv6. */
export function isIPv6(address: string): boolean {
  return address.includes(':');
}

/** The version of IP whose address this is. */
export function ipVersion(address: string): 4 | 6 {
  return isIPv6(address) ? 6 : 4;
}
